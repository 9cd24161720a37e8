package predecessor

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/var-project/var/pkg/secret"
)

// Keyring is where the predecessor kept its secrets: the keyring of its Python, or the readable file of --plaintext.
type Keyring struct {
	// Program is the keyring command of its Python installation; empty: there is none.
	Program string
	// File is keyring_pass.cfg of keyrings.alt; it need not be there.
	File string
}

// keyringWait is how long the keyring may take: it may have to be unlocked by somebody.
const keyringWait = time.Minute

// FindKeyring looks for both: the command in the virtual environment of the predecessor's folder, else in the path; the
// file where keyrings.alt keeps it for the user.
func FindKeyring(folder string, o Options, getenv func(string) string) Keyring {
	var k Keyring
	for _, environment := range []string{"venv", ".venv", "env"} {
		path := filepath.Join(folder, environment, "bin", "keyring")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && k.Program == "" {
			k.Program = path
		}
	}
	if path, err := o.find("keyring"); k.Program == "" && err == nil {
		k.Program = path
	}
	data := getenv("XDG_DATA_HOME")
	if data == "" {
		data = filepath.Join(getenv("HOME"), ".local", "share")
	}
	k.File = filepath.Join(data, "python_keyring", "keyring_pass.cfg")
	return k
}

// ErrInterrupted says that somebody ended the predecessor's keyring while it was asked: no other question is wanted.
var ErrInterrupted = errors.New("was interrupted")

// Get finds a secret under its two names; none there is an empty one.
func (k Keyring) Get(ctx context.Context, system, key string) (secret.String, error) {
	value, err := k.ask(ctx, system, key)
	if err != nil || !value.Empty() {
		return value, err
	}
	return k.fromFile(system, key)
}

// ask runs the command, which ends with 1 where it has nothing.
func (k Keyring) ask(ctx context.Context, system, key string) (secret.String, error) {
	if k.Program == "" || strings.HasPrefix(system, "-") || strings.HasPrefix(key, "-") {
		return secret.String{}, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, keyringWait, fmt.Errorf("no answer within %s", keyringWait))
	defer cancel()
	cmd := exec.CommandContext(ctx, k.Program, "get", system, key)
	cmd.WaitDelay = time.Second
	var out answer
	cmd.Stdout = &out
	err := runApart(cmd)
	var ended *exec.ExitError
	switch {
	case out.said.Len() > maxAnswer:
		return secret.String{}, fmt.Errorf("%s: gives more than %d KiB for %s %s", k.Program, maxAnswer>>10, system, key)
	case ctx.Err() != nil:
		return secret.String{}, fmt.Errorf("%s: %w", k.Program, context.Cause(ctx))
	case errors.As(err, &ended) && interrupted(ended):
		return secret.String{}, fmt.Errorf("%s: %w", k.Program, ErrInterrupted)
	case errors.As(err, &ended) && ended.ExitCode() == 1:
		return secret.String{}, nil
	case err != nil:
		return secret.String{}, fmt.Errorf("%s: %w", k.Program, err)
	}
	return typed(strings.TrimRight(out.said.String(), "\r\n"), system, key)
}

// maxAnswer bounds what the command says, in bytes.
const maxAnswer = 64 << 10

// answer takes a byte more than there may be; then the command has nobody to write to.
type answer struct{ said bytes.Buffer }

func (a *answer) Write(p []byte) (int, error) {
	n, _ := a.said.Write(p[:min(len(p), maxAnswer+1-a.said.Len())]) // a buffer takes all
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// typed refuses what nobody can have typed as a secret.
func typed(value, system, key string) (secret.String, error) {
	if strings.ContainsFunc(value, unicode.IsControl) {
		return secret.String{}, fmt.Errorf("the secret %s %s holds control characters: store it by hand", system, key)
	}
	return secret.New(value), nil
}

// maxKeyring bounds the file, in bytes.
const maxKeyring = 1 << 20

// fromFile reads the file of keyrings.alt: sections are systems and options keys, both escaped, the options in lower case;
// the values are base64 over several lines.
func (k Keyring) fromFile(system, key string) (secret.String, error) {
	text, err := contents(k.File, maxKeyring)
	if errors.Is(err, fs.ErrNotExist) {
		return secret.String{}, nil
	}
	if err != nil {
		return secret.String{}, err
	}
	value, err := base64.StdEncoding.DecodeString(option(text, escaped(system), strings.ToLower(escaped(key))))
	if err != nil {
		return secret.String{}, fmt.Errorf("%s: the value of %s %s is not base64", k.File, system, key)
	}
	return typed(string(value), system, key)
}

// option is the value of an option in the format of Python's configparser, its lines joined.
func option(text []byte, section, name string) string {
	var value strings.Builder
	in, on := false, false
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxKeyring+1)
	for lines.Scan() {
		line := lines.Text()
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case line[0] == ' ' || line[0] == '\t':
			if on {
				value.WriteString(trimmed)
			}
		case trimmed[0] == '[':
			in, on = trimmed == "["+section+"]", false
		default:
			option, first, _ := strings.Cut(trimmed, "=")
			if on = in && strings.ToLower(strings.TrimSpace(option)) == name; on {
				value.Reset()
				value.WriteString(strings.TrimSpace(first))
			}
		}
	}
	return value.String()
}

// escaped is a name as keyrings.alt writes it: everything but letters and digits as _ and two hexadecimal digits.
func escaped(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "_%02X", c)
		}
	}
	return b.String()
}
