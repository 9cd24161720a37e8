package cli

import (
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/internal/infile"
)

// imprint tells the contents of files from others: those of a path that stays the same may be renewed.
type imprint [sha256.Size]byte

// imprintOf is of the files of certificates that a blocker's settings name. Files that cannot be read have one too.
func imprintOf(b config.Blocker) imprint {
	sum := sha256.New()
	for _, path := range b.Authorities() {
		fmt.Fprintf(sum, "%q ", path)
		if err := pour(sum, path); err != nil {
			fmt.Fprintf(sum, "%v", err)
		}
	}
	return imprint(sum.Sum(nil))
}

// maxImprint is how much of a file counts, in bytes; whole collections of authorities have less.
const maxImprint = 8 << 20

func pour(into io.Writer, path string) error {
	f, err := infile.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(into, io.LimitReader(f, maxImprint))
	return err
}
