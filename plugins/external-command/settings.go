package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

type settings struct {
	HostBlock        []string          `toml:"host_block" help:"Program and arguments that block a host. Without a placeholder {ip} is appended."`
	HostUnblock      []string          `toml:"host_unblock" help:"Program and arguments that release a host."`
	AccountBlock     []string          `toml:"account_block" help:"Program and arguments that block an account. Without a placeholder {sam} and, where there is one, {context} are appended."`
	AccountUnblock   []string          `toml:"account_unblock" help:"Program and arguments that release an account."`
	DetectionBlock   []string          `toml:"detection_block" help:"Program and arguments that block the destinations of a detection. Without a placeholder {destination} is appended; with it there is one call per destination."`
	DetectionUnblock []string          `toml:"detection_unblock" help:"Program and arguments that release the destinations of a detection."`
	StaticBlock      []string          `toml:"static_block" help:"Program and arguments that block a destination of the static list. Without a placeholder {destination} is appended."`
	StaticUnblock    []string          `toml:"static_unblock" help:"Program and arguments that release a destination of the static list."`
	PrintsReceipt    bool              `toml:"prints_receipt" default:"false" help:"The block commands print JSON receipts: what they leave behind is not known beforehand, so grooming leaves it alone."`
	Directory        string            `toml:"directory" default:"/" help:"Working directory of the commands."`
	Env              map[string]string `toml:"env" help:"Environment variables of the commands. They get no others but PATH."`
	PassEnv          []string          `toml:"pass_env" help:"Names of variables that the commands get as this plugin has them; the blocker's own env must name them too."`
}

// pair are the two commands of a kind.
type pair struct {
	kind           entity.Kind
	block, unblock []string
}

func (s settings) pairs() []pair {
	return []pair{
		{entity.KindHost, s.HostBlock, s.HostUnblock},
		{entity.KindAccount, s.AccountBlock, s.AccountUnblock},
		{entity.KindDetection, s.DetectionBlock, s.DetectionUnblock},
		{entity.KindStatic, s.StaticBlock, s.StaticUnblock},
	}
}

// Validate finds commands that could not be run or would do something else than they seem to.
func (s settings) Validate() []error {
	v := &validator{}
	undone, forever, some := "", "", false
	for _, p := range s.pairs() {
		v.command(p.kind, string(p.kind)+"_block", p.block)
		v.command(p.kind, string(p.kind)+"_unblock", p.unblock)
		some = some || len(p.block) > 0
		switch {
		case len(p.block) == 0 && len(p.unblock) > 0:
			v.add(string(p.kind)+"_unblock", "there is no %s_block: nothing would be released", p.kind)
		case len(p.block) > 0 && len(p.unblock) == 0:
			forever = string(p.kind)
		case len(p.block) > 0:
			undone = string(p.kind)
		}
	}
	if !some {
		v.add("", "no block command is set: write host_block, account_block, detection_block or static_block")
	}
	if undone != "" && forever != "" {
		v.add(forever+"_block", "cannot be undone without %s_unblock, while %s_block can: put it into a blocker of its own", forever, undone)
	}
	v.directory(s.Directory)
	v.environment(s)
	return v.errs
}

type validator struct{ errs []error }

func (v *validator) add(path, format string, args ...any) {
	v.errs = append(v.errs, &blocker.FieldError{Path: path, Msg: fmt.Sprintf(format, args...)})
}

func (v *validator) command(kind entity.Kind, key string, argv []string) {
	if len(argv) == 0 {
		return
	}
	if !filepath.IsAbs(argv[0]) || placeholder.MatchString(argv[0]) {
		v.add(key+"[0]", "must be the absolute path of a program; the environment of commands is empty and there is no shell")
	}
	for i, arg := range argv {
		v.argument(kind, fmt.Sprintf("%s[%d]", key, i), arg)
	}
}

// becomesOption matches an argument whose value would be the name of an option.
var becomesOption = regexp.MustCompile(`^-+\{[a-z]+\}`)

func (v *validator) argument(kind entity.Kind, path, arg string) {
	if strings.ContainsRune(arg, 0) {
		v.add(path, "must not hold a NUL")
	}
	for _, used := range placeholders(arg) {
		if !slices.Contains(offered[kind], used) {
			v.add(path, "{%s} is not known of a %s: write one of {%s}", used, kind, strings.Join(offered[kind], "}, {"))
		}
	}
	if becomesOption.MatchString(arg) {
		v.add(path, "a value must not become an option: put the option and its value into arguments of their own")
	}
}

func (v *validator) directory(path string) {
	if !filepath.IsAbs(path) {
		v.add("directory", "must be an absolute path")
	}
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (v *validator) environment(s settings) {
	for name, value := range s.Env {
		if !variable.MatchString(name) || strings.ContainsRune(value, 0) {
			v.add("env."+name, "is not a variable of an environment")
		}
	}
	for i, name := range s.PassEnv {
		path := fmt.Sprintf("pass_env[%d]", i)
		switch {
		case !variable.MatchString(name):
			v.add(path, "%q is not the name of a variable", name)
		case strings.HasPrefix(name, "VAR_") || strings.HasPrefix(name, "PLUGIN_"):
			v.add(path, "%s is between var and its plugins", name)
		}
	}
}
