package journaltest

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// PostgreSQL refuses to run as root: then it is run as the user of the package, or as nobody.
var runAs = []string{"postgres", "nobody"}

func credential() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range runAs {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}

// unprivileged also ends the server with the test, however that ends.
func unprivileged() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: credential(), Pdeathsig: syscall.SIGINT}
}

func own(paths ...string) error {
	c := credential()
	if c == nil {
		return nil
	}
	for _, path := range paths {
		if err := os.Chown(path, int(c.Uid), int(c.Gid)); err != nil {
			return err
		}
	}
	return nil
}
