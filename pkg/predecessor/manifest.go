package predecessor

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Bounds of manifests. A ConfigMap has at most 1 MiB (Kubernetes: MaxSecretSize), and the predecessor had a handful.
const (
	maxManifest  = 8 << 20
	maxDocuments = 200
	maxManifests = 100
)

// manifest is as much of an object of Kubernetes as tells of the predecessor, of whatever kind it is.
type manifest struct {
	Kind       string
	Metadata   struct{ Name string }
	Data       map[string]string
	StringData map[string]string `yaml:"stringData"`
	// Items are the objects of a List, Spec is that of a workload.
	Items []yaml.Node
	Spec  struct {
		Template pod
		// JobTemplate is that of a CronJob.
		JobTemplate struct{ Spec struct{ Template pod } } `yaml:"jobTemplate"`
		// A Pod has here what others have in a template.
		podSpec `yaml:",inline"`
	}
}

type pod struct{ Spec podSpec }

type podSpec struct {
	Containers []container
	Volumes    []volume
}

type volume struct {
	Name      string
	ConfigMap struct {
		Name  string
		Items []struct{ Key, Path string }
	} `yaml:"configMap"`
}

type container struct {
	Env []struct {
		Name, Value string
		ValueFrom   struct {
			SecretKeyRef struct{ Name, Key string } `yaml:"secretKeyRef"`
		} `yaml:"valueFrom"`
	}
	EnvFrom []struct {
		Prefix    string
		SecretRef struct{ Name string } `yaml:"secretRef"`
	} `yaml:"envFrom"`
	VolumeMounts []struct {
		Name      string
		MountPath string `yaml:"mountPath"`
		SubPath   string `yaml:"subPath"`
	} `yaml:"volumeMounts"`
}

// cluster is what all manifests together say.
type cluster struct {
	maps    map[string]map[string]string
	secrets map[string]map[string]string
	// pods are those of workloads, with the file that each stands in.
	pods []placedPod
}

type placedPod struct {
	podSpec
	file string
}

// unpack takes the files out of the ConfigMaps of manifests, and the variables out of their workloads.
func unpack(folder string, names ...string) (*remains, error) {
	if len(names) > maxManifests {
		return nil, fmt.Errorf("%s: there are more than %d manifests: name the one of the predecessor", folder, maxManifests)
	}
	c := cluster{maps: map[string]map[string]string{}, secrets: map[string]map[string]string{}}
	for _, name := range names {
		text, err := contents(filepath.Join(folder, name), maxManifest)
		if err != nil {
			return nil, err
		}
		if err := c.read(name, text); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(folder, name), err)
		}
	}
	packed, err := c.files()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	return &remains{folder: folder, main: mainFile, packed: packed, environment: c.variables()}, nil
}

// mainFile is the name of the predecessor's configuration.
const mainFile = "config.py"

// read takes every document of a manifest.
func (c *cluster) read(file string, text []byte) error {
	documents := yaml.NewDecoder(bytes.NewReader(text))
	for range maxDocuments {
		var document yaml.Node
		err := documents.Decode(&document)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("is no YAML: %w", err)
		}
		if err := c.take(file, &document, 0); err != nil {
			return err
		}
	}
	return fmt.Errorf("has more than %d documents", maxDocuments)
}

// take keeps what an object says of the predecessor; others are none of it, whatever they look like.
func (c *cluster) take(file string, document *yaml.Node, depth int) error {
	var kind struct{ Kind string }
	if err := document.Decode(&kind); err != nil {
		return nil //nolint:nilerr // it is no object of Kubernetes
	}
	if !slices.Contains(ours, kind.Kind) || depth > 1 {
		return nil
	}
	var m manifest
	if err := document.Decode(&m); err != nil {
		return fmt.Errorf("line %d: a %s that cannot be read: it does not have the form that Kubernetes asks for", document.Line, kind.Kind)
	}
	return c.keep(file, m, depth)
}

// kinds of objects that the predecessor consisted of.
var ours = []string{"ConfigMap", "Secret", "List", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod"}

func (c *cluster) keep(file string, m manifest, depth int) error {
	switch m.Kind {
	case "ConfigMap":
		c.maps[m.Metadata.Name] = m.Data
	case "Secret":
		c.secrets[m.Metadata.Name] = m.values()
	case "List":
		for i := range m.Items {
			if err := c.take(file, &m.Items[i], depth+1); err != nil {
				return err
			}
		}
	default:
		for _, p := range []podSpec{m.Spec.podSpec, m.Spec.Template.Spec, m.Spec.JobTemplate.Spec.Template.Spec} {
			c.pods = append(c.pods, placedPod{p, file})
		}
	}
	return nil
}

// values are those of a Secret. What is no base64 is no value that Kubernetes would have taken.
func (m manifest) values() map[string]string {
	values := map[string]string{}
	for key, coded := range m.Data {
		if text, err := base64.StdEncoding.DecodeString(coded); err == nil {
			values[key] = string(text)
		}
	}
	for key, text := range m.StringData {
		values[key] = text
	}
	return values
}
