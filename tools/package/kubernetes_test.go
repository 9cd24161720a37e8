//go:build linux

package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var (
	baseFolder = filepath.Join("..", "..", "deploy", "kubernetes", "base")
	overlay    = filepath.Join("..", "..", "deploy", "kubernetes", "postgresql")
)

// decode reads the one object of a manifest; a key that the shape does not know is a mistake.
func decode[T any](t *testing.T, folder, name string) T {
	t.Helper()
	var object T
	d := yaml.NewDecoder(bytes.NewReader(readFile(t, filepath.Join(folder, name))))
	d.KnownFields(true)
	if err := d.Decode(&object); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		t.Fatalf("%s has more than one object: %v", name, err)
	}
	return object
}

// Every manifest is applied, and what is applied is there.
func TestKustomizationsNameWhatThereIs(t *testing.T) {
	for _, folder := range []string{baseFolder, overlay} {
		k := decode[kustomization](t, folder, "kustomization.yaml")
		named := slices.Clone(k.Resources)
		for _, patch := range k.Patches {
			named = append(named, patch["path"])
		}
		for _, path := range names(t, folder) {
			if name := filepath.Base(path); name != "kustomization.yaml" && !slices.Contains(named, name) {
				t.Errorf("%s is not applied", path)
			}
		}
		for _, name := range named {
			if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
				t.Error(err)
			}
		}
		if k.Namespace != "var" {
			t.Errorf("%s goes into the namespace %q", folder, k.Namespace)
		}
	}
}

// The standard "restricted" of the namespace, and what it does not ask for.
func TestPodsAreConfined(t *testing.T) {
	pod := decode[deployment](t, baseFolder, "deployment.yaml").Spec.Template.Spec
	if s := pod.SecurityContext; !s.RunAsNonRoot || s.RunAsUser != user || s.SeccompProfile["type"] != "RuntimeDefault" {
		t.Errorf("the pod runs as %+v", s)
	}
	c := pod.Containers[0]
	if s := c.SecurityContext; !denied(s.AllowPrivilegeEscalation) || !s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities["drop"], []string{"ALL"}) || len(s.Capabilities) != 1 {
		t.Errorf("the container runs as %+v", s)
	}
	if !denied(pod.AutomountServiceAccountToken) || len(pod.Containers) != 1 {
		t.Error("the pod has a token, or more than one container")
	}
	if enforced := decode[object](t, baseFolder, "namespace.yaml").Metadata.Labels["pod-security.kubernetes.io/enforce"]; enforced != "restricted" {
		t.Errorf("the namespace enforces %q", enforced)
	}
}

// denied says that something is ruled out in so many words: what is left out may be allowed.
func denied(allowed *bool) bool { return allowed != nil && !*allowed }

// A secret is a file that only the user of var may read; none is in the environment or in the configuration.
func TestSecretsAreMounted(t *testing.T) {
	pod := decode[deployment](t, baseFolder, "deployment.yaml").Spec.Template.Spec
	c := pod.Containers[0]
	harmless := map[string]string{"CREDENTIALS_DIRECTORY": "/run/credentials/var", "TMPDIR": "/tmp"}
	for _, v := range c.Env {
		if harmless[v.Name] != v.Value {
			t.Errorf("the environment has %s=%s", v.Name, v.Value)
		}
	}
	mount := slices.IndexFunc(c.VolumeMounts, func(m mount) bool { return m.MountPath == "/run/credentials/var" && m.ReadOnly })
	if mount < 0 {
		t.Fatalf("no secret is mounted: %+v", c.VolumeMounts)
	}
	source := slices.IndexFunc(pod.Volumes, func(v volume) bool { return v.Name == c.VolumeMounts[mount].Name })
	if source < 0 || pod.Volumes[source].Secret == nil || pod.Volumes[source].Secret.DefaultMode&0o7 != 0 {
		t.Errorf("the volumes are %+v", pod.Volumes)
	}
}

var listen = regexp.MustCompile(`(?m)^listen = "(.*)"`)

// The probes ask where the configuration listens, which is at more than the loopback of the pod.
func TestProbesAskWhereTheConfigurationListens(t *testing.T) {
	c := decode[deployment](t, baseFolder, "deployment.yaml").Spec.Template.Spec.Containers[0]
	for what, p := range map[string]probe{"/livez": c.LivenessProbe, "/readyz": c.ReadinessProbe} {
		if p.HTTPGet["path"] != what || p.HTTPGet["port"] != c.Ports[0].Name {
			t.Errorf("the probe of %s is %+v", what, p)
		}
	}
	if get := c.StartupProbe.HTTPGet; get["path"] != "/livez" || get["port"] != c.Ports[0].Name {
		t.Errorf("the first probe is %+v", get)
	}
	allowed := decode[networkPolicy](t, baseFolder, "networkpolicy.yaml").Spec.Ingress[0].Ports[0].Port
	for _, folder := range []string{baseFolder, overlay} {
		found := listen.FindStringSubmatch(decode[configMap](t, folder, "configmap.yaml").Data["config.toml"])
		if found == nil {
			t.Fatalf("%s listens nowhere", folder)
		}
		host, port, err := net.SplitHostPort(found[1])
		if err != nil || host != "" && host != "0.0.0.0" && host != "::" {
			t.Errorf("%s listens at %s, %v", folder, found[1], err)
		}
		if port != strconv.Itoa(c.Ports[0].ContainerPort) || port != strconv.Itoa(allowed) {
			t.Errorf("%s listens at %s, the probes ask at %d, and %d is let through", folder, port, c.Ports[0].ContainerPort, allowed)
		}
	}
}

// var itself takes the configurations, as they are handed out.
func TestTheConfigurationsOfKubernetesAreWell(t *testing.T) {
	for _, folder := range []string{baseFolder, overlay} {
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, []byte(decode[configMap](t, folder, "configmap.yaml").Data["config.toml"]), 0o600); err != nil {
			t.Fatal(err)
		}
		program, err := filepath.Abs(filepath.Join(built(t).bin, "var"))
		if err != nil {
			t.Fatal(err)
		}
		if out, err := command(t, t.TempDir(), program, "config", "check", "--config", path); err != nil || !strings.Contains(out, "all is well") {
			t.Errorf("%s: %v\n%s", folder, err, out)
		}
	}
}

// With SQLite there is never more than one; several share a PostgreSQL.
func TestReplicasShareAState(t *testing.T) {
	state := func(folder string) string { return decode[configMap](t, folder, "configmap.yaml").Data["config.toml"] }
	one, several := decode[deployment](t, baseFolder, "deployment.yaml").Spec, decode[deployment](t, overlay, "deployment.yaml").Spec
	if one.Replicas != 1 || one.Strategy.Type != "Recreate" || !strings.HasPrefix(state(baseFolder), `state = "sqlite:///var/lib/var/`) {
		t.Errorf("over a SQLite file there are %d replicas, with %s", one.Replicas, one.Strategy.Type)
	}
	if several.Replicas < 2 || several.Strategy.Type != "RollingUpdate" || !strings.HasPrefix(state(overlay), `state = "postgres://`) {
		t.Errorf("over a PostgreSQL there are %d replicas, with %s", several.Replicas, several.Strategy.Type)
	}
	if v := several.Template.Spec.Volumes; len(v) != 1 || v[0].Name != "state" || v[0].EmptyDir == nil {
		t.Errorf("replicas share the volumes %+v", v)
	}
}

func TestPoliciesAreAboutThePods(t *testing.T) {
	spec := decode[deployment](t, baseFolder, "deployment.yaml").Spec
	policy := decode[networkPolicy](t, baseFolder, "networkpolicy.yaml").Spec
	budget := decode[disruptionBudget](t, overlay, "poddisruptionbudget.yaml").Spec
	for what, s := range map[string]selector{"the deployment": spec.Selector, "the network policy": policy.PodSelector, "the disruption budget": budget.Selector} {
		if len(s.MatchLabels) == 0 {
			t.Errorf("%s selects everything", what)
		}
		for label, want := range s.MatchLabels {
			if spec.Template.Metadata.Labels[label] != want {
				t.Errorf("%s is about %s=%s, and the pods have %v", what, label, want, spec.Template.Metadata.Labels)
			}
		}
	}
	if !slices.Equal(policy.PolicyTypes, []string{"Ingress", "Egress"}) || budget.MinAvailable < 1 {
		t.Errorf("the policy is about %v, and %d pods have to stay", policy.PolicyTypes, budget.MinAvailable)
	}
}
