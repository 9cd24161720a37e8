package predecessor

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

// part is a key of a ConfigMap.
type part struct{ of, key string }

// files are those of all ConfigMaps, by the names under which they are mounted; what is mounted nowhere goes by its key.
func (c *cluster) files() (map[string]string, error) {
	names := map[part]string{}
	for _, p := range c.pods {
		for _, v := range p.Volumes {
			v.name(p.Containers, names)
		}
	}
	files, from := map[string]string{}, map[string]string{}
	for _, of := range slices.Sorted(maps.Keys(c.maps)) {
		for _, key := range slices.Sorted(maps.Keys(c.maps[of])) {
			name, mounted := names[part{of, key}]
			if !mounted {
				name = path.Base(key)
			}
			if other, twice := from[name]; twice && files[name] != c.maps[of][key] {
				return nil, fmt.Errorf("%s is in the ConfigMaps %s and %s, and not the same: name the manifest of one installation", name, other, of)
			}
			files[name], from[name] = c.maps[of][key], of
		}
	}
	if _, there := files[mainFile]; !there {
		return nil, fmt.Errorf("no ConfigMap of a manifest holds %s: bring along the one that does", mainFile)
	}
	return files, nil
}

// name tells what the keys of a volume's ConfigMap are called where containers mount it.
func (v volume) name(containers []container, names map[part]string) {
	keys := map[string]string{}
	for _, item := range v.ConfigMap.Items {
		keys[item.Path] = item.Key
		names[part{v.ConfigMap.Name, item.Key}] = path.Base(item.Path)
	}
	for _, c := range containers {
		for _, m := range c.VolumeMounts {
			if m.Name != v.Name || m.SubPath == "" {
				continue
			}
			key, renamed := keys[m.SubPath]
			if !renamed {
				key = m.SubPath
			}
			names[part{v.ConfigMap.Name, key}] = path.Base(m.MountPath)
		}
	}
}

// variable is one of the environment of a container.
type variable struct {
	name  string
	value secret.String
	from  Origin
}

// variables are those of all containers that have a value here: in clear, or in a Secret among the manifests.
func (c *cluster) variables() []variable {
	var all []variable
	for _, p := range c.pods {
		for _, container := range p.Containers {
			for _, e := range container.Env {
				value := e.Value
				if of := e.ValueFrom.SecretKeyRef; of.Name != "" {
					value = c.secrets[of.Name][of.Key]
				}
				all = append(all, variable{e.Name, secret.New(value), Origin{File: p.file, Name: e.Name}})
			}
			for _, e := range container.EnvFrom {
				for key, value := range c.secrets[e.SecretRef.Name] {
					all = append(all, variable{e.Prefix + key, secret.New(value), Origin{File: p.file, Name: e.Prefix + key}})
				}
			}
		}
	}
	return all
}

// fromEnvironment finds the secrets that manifests give the predecessor as variables.
func (i *importer) fromEnvironment(all []variable) {
	for n := range i.Secrets {
		s := &i.Secrets[n]
		for _, system := range schema.Spellings(s.System) {
			at := slices.IndexFunc(all, func(v variable) bool { return v.name == system+"_"+s.Key && !v.value.Empty() })
			if at >= 0 && s.Clear.Empty() {
				s.Clear = all[at].value
				i.leave(all[at].from, "a secret stands there in clear: --keyring keeps it as %s; then take it out of the manifest", s.Name)
			}
		}
	}
}
