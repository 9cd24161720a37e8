//go:build linux

package main

// The parts of objects of Kubernetes that the manifests say: https://kubernetes.io/docs/reference/kubernetes-api/.
type (
	object struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   metadata
	}
	metadata struct {
		Name, Namespace string
		Labels          map[string]string
	}
	selector struct {
		MatchLabels map[string]string `yaml:"matchLabels"`
	}

	kustomization struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Namespace  string
		Resources  []string
		Patches    []map[string]string
	}
	configMap struct {
		object `yaml:",inline"`
		Data   map[string]string
	}
	disruptionBudget struct {
		object `yaml:",inline"`
		Spec   struct {
			MinAvailable int `yaml:"minAvailable"`
			Selector     selector
		}
	}
	networkPolicy struct {
		object `yaml:",inline"`
		Spec   struct {
			PodSelector selector `yaml:"podSelector"`
			PolicyTypes []string `yaml:"policyTypes"`
			Ingress     []struct {
				From  []map[string]selector
				Ports []port
			}
			Egress []struct{ Ports []port }
		}
	}
	port struct {
		Name, Protocol string
		Port           int
		ContainerPort  int `yaml:"containerPort"`
	}

	deployment struct {
		object `yaml:",inline"`
		Spec   struct {
			Replicas int
			Strategy struct {
				Type          string
				RollingUpdate map[string]int `yaml:"rollingUpdate"`
			}
			Selector selector
			Template struct {
				Metadata metadata
				Spec     podSpec
			}
		}
	}
	podSpec struct {
		ServiceAccountName            string `yaml:"serviceAccountName"`
		AutomountServiceAccountToken  *bool  `yaml:"automountServiceAccountToken"`
		EnableServiceLinks            *bool  `yaml:"enableServiceLinks"`
		TerminationGracePeriodSeconds int    `yaml:"terminationGracePeriodSeconds"`
		SecurityContext               struct {
			RunAsNonRoot        bool              `yaml:"runAsNonRoot"`
			RunAsUser           int               `yaml:"runAsUser"`
			RunAsGroup          int               `yaml:"runAsGroup"`
			FSGroup             int               `yaml:"fsGroup"`
			FSGroupChangePolicy string            `yaml:"fsGroupChangePolicy"`
			SeccompProfile      map[string]string `yaml:"seccompProfile"`
		} `yaml:"securityContext"`
		TopologySpreadConstraints []struct {
			MaxSkew           int      `yaml:"maxSkew"`
			TopologyKey       string   `yaml:"topologyKey"`
			WhenUnsatisfiable string   `yaml:"whenUnsatisfiable"`
			LabelSelector     selector `yaml:"labelSelector"`
		} `yaml:"topologySpreadConstraints"`
		Containers []container
		Volumes    []volume
	}
	container struct {
		Name, Image     string
		Args            []string
		Env             []struct{ Name, Value string }
		Ports           []port
		StartupProbe    probe `yaml:"startupProbe"`
		LivenessProbe   probe `yaml:"livenessProbe"`
		ReadinessProbe  probe `yaml:"readinessProbe"`
		SecurityContext struct {
			AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
			ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
			Capabilities             map[string][]string
		} `yaml:"securityContext"`
		Resources    map[string]map[string]string
		VolumeMounts []mount `yaml:"volumeMounts"`
	}
	probe struct {
		HTTPGet          map[string]string `yaml:"httpGet"`
		PeriodSeconds    int               `yaml:"periodSeconds"`
		TimeoutSeconds   int               `yaml:"timeoutSeconds"`
		FailureThreshold int               `yaml:"failureThreshold"`
	}
	mount struct {
		Name      string
		MountPath string `yaml:"mountPath"`
		ReadOnly  bool   `yaml:"readOnly"`
	}
	volume struct {
		Name                  string
		PersistentVolumeClaim map[string]string `yaml:"persistentVolumeClaim"`
		ConfigMap             map[string]string `yaml:"configMap"`
		Secret                *struct {
			SecretName  string `yaml:"secretName"`
			DefaultMode int    `yaml:"defaultMode"`
		}
		EmptyDir map[string]string `yaml:"emptyDir"`
	}
)
