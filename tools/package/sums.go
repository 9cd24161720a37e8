package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// writeSums writes SHA256SUMS, which sha256sum -c reads. What was made earlier and is still there keeps its line.
func writeSums(folder string, files []string) error {
	path := filepath.Join(folder, "SHA256SUMS")
	sums, err := readSums(path)
	if err != nil {
		return err
	}
	for _, name := range files {
		if sums[name], err = sumOf(filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			fmt.Fprintf(&text, "%s  %s\n", sums[name], name)
		}
	}
	return os.WriteFile(path, []byte(text.String()), 0o644)
}

// readSums gives the sums of a file by name; none where there is no file.
func readSums(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if sum, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			sums[name] = sum
		}
	}
	return sums, nil
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}
