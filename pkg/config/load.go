package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/var-project/var/pkg/config/internal/tomltext"
	"github.com/var-project/var/pkg/schema"
)

// maxFile bounds the configuration file in bytes.
const maxFile = 256 << 10

// Load reads and checks a configuration file. The Config is nil when there are problems.
func Load(path string) (*Config, []Problem) { return whole(Salvage(path)) }

// Salvage is Load for what must go on with whatever can be read: of a file with problems it gives all the rest,
// wrong values being as if they were absent. The Config is nil only when nothing of the file can be read.
func Salvage(path string) (*Config, []Problem) {
	text, err := readFile(path)
	if err != nil {
		return nil, []Problem{{File: path, Text: fmt.Sprintf("cannot be read: %v", cause(err))}}
	}
	return salvage(path, text)
}

func whole(c *Config, problems []Problem) (*Config, []Problem) {
	if len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}

func cause(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// Parse is Load on a text that was read already. Relative paths in it start at the folder of name.
func Parse(name string, text []byte) (*Config, []Problem) { return whole(salvage(name, text)) }

func salvage(name string, text []byte) (*Config, []Problem) {
	if len(text) > maxFile {
		return nil, []Problem{tooLarge(name)}
	}
	parsed, err := tomltext.Parse(text)
	if err != nil {
		return nil, []Problem{syntax(name, err)}
	}
	return build(&Config{file: name, lines: parsed.Lines()}, parsed.Values())
}

func tooLarge(name string) Problem {
	return Problem{File: name, Text: fmt.Sprintf("larger than %d KiB", maxFile>>10)}
}

func build(c *Config, values map[string]any) (*Config, []Problem) {
	wrong := schema.Check(description(), values)
	if err := schema.Decode(without(wrong, values), nil, c); err != nil {
		return nil, c.at("", append(wrong, schema.Problem{Message: err.Error()}))
	}
	c.fill()
	return c, c.at("", append(wrong, c.check(values)...))
}

// secretKey matches keys whose values are likely to be secrets.
var secretKey = regexp.MustCompile(`(?i)(token|secret|passw|passphrase|api_?key|client_id|credential|private)`)

// syntax is the problem of a text that is not TOML. What a parser quotes of what it stumbles over may be a secret at the
// wrong place.
func syntax(name string, err error) Problem {
	var at *tomltext.Error
	if !errors.As(err, &at) {
		return Problem{File: name, Text: "not TOML"}
	}
	p := Problem{File: name, Line: at.Line, Path: at.Path, Text: at.Err.Error()}
	if secretKey.MatchString(at.Path) {
		p.Text = "not TOML: a value that is no text, number, true or false; secrets never stand in the file"
	}
	return p
}

// at gives problems their place in the file: the line of the key, else that of the nearest table around it.
func (c *Config) at(prefix string, wrong schema.Problems) []Problem {
	problems := make([]Problem, len(wrong))
	for i, w := range wrong {
		path := strings.Trim(join(prefix, w.Path), ".")
		problems[i] = Problem{File: c.file, Line: c.line(path), Path: path, Text: w.Message}
	}
	return sorted(problems)
}

func (c *Config) line(path string) int {
	for path != "" {
		if line := c.lines[path]; line > 0 {
			return line
		}
		path = parent(path)
	}
	return 0
}

// folder is where relative paths start.
func (c *Config) folder() string {
	dir := filepath.Dir(c.file)
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}
