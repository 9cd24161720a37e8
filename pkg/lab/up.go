package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// UpOptions change the default world.
type UpOptions struct {
	// Isolate and Release are the command lines that the external command of the world runs to block and to release
	// a host; the host's address takes the place of {ip}. Empty: a program that does nothing, and well.
	Isolate, Release []string
}

// Files that Up writes into its directory.
const (
	ConfigFile      = "config.toml"
	CAFile          = "ca.pem"
	DescriptionFile = "lab.json"
	CredentialsDir  = "credentials"
	StaticFile      = "destinations.txt"
)

// Description is lab.json: what another process needs to know of a world. Keys stay; new ones may come.
type Description struct {
	CA    string           `json:"ca"`
	Admin DescribedAdmin   `json:"admin"`
	Ends  map[string]Place `json:"ends"`
	// Secrets are all credentials by the names that var gives them.
	Secrets map[string]string `json:"secrets"`
}

// DescribedAdmin is where the admin API is, and its bearer token.
type DescribedAdmin struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// Place is one end of the world.
type Place struct {
	Kind    string `json:"kind"` // qux, rux, fortigate, panos
	URL     string `json:"url"`
	Version string `json:"version"`
}

// Up starts the default world and writes into dir what a run of var needs to work in it: the configuration, the
// authority, the credentials, and lab.json. The directory is made when it is not there. Close the world when done.
func Up(dir string, o UpOptions) (*World, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("lab: place of the world: %w", err)
	}
	w, err := New()
	if err != nil {
		return nil, err
	}
	cast, err := w.assemble(o)
	if err == nil {
		err = w.describe(dir, cast)
	}
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *World) describe(dir string, c *cast) error {
	if err := os.MkdirAll(filepath.Join(dir, CredentialsDir), 0o700); err != nil {
		return fmt.Errorf("lab: %w", err)
	}
	raw, err := json.MarshalIndent(w.description(dir, c), "", "  ")
	if err != nil {
		return fmt.Errorf("lab: write %s: %w", DescriptionFile, err)
	}
	files := map[string]string{CAFile: string(w.CA()), ConfigFile: c.config(dir), StaticFile: staticLines}
	for name, value := range c.secrets {
		files[filepath.Join(CredentialsDir, name)] = value
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return fmt.Errorf("lab: %w", err)
		}
	}
	return tellOf(dir, append(raw, '\n'))
}

// tellOf puts lab.json in its place, whole and last: who waits for it finds all else there.
func tellOf(dir string, description []byte) error {
	path := filepath.Join(dir, DescriptionFile)
	if err := errors.Join(os.WriteFile(path+".new", description, 0o600), os.Rename(path+".new", path)); err != nil {
		return fmt.Errorf("lab: %w", err)
	}
	return nil
}

func (w *World) description(dir string, c *cast) Description {
	d := Description{CA: filepath.Join(dir, CAFile), Ends: map[string]Place{}, Secrets: c.secrets}
	d.Admin.URL, d.Admin.Token = w.Admin()
	for name, p := range c.places {
		p.URL = w.End(name).URL
		d.Ends[name] = p
	}
	return d
}
