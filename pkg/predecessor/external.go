package predecessor

import (
	"path/filepath"
	"regexp"
	"strings"
)

// command is one of the six lists of the client external_call.
type command struct {
	param
	key  string
	argv []string
}

// external carries over the commands. A kind that cannot be undone needs a blocker of its own where another can.
func (s source) external(c client, folder string) {
	own := s.opened(c)
	if own.module == nil {
		return
	}
	var undone, forever [][2]command
	for _, kind := range []string{"host", "account", "detection"} {
		block, unblock := own.command(kind, "block", folder), own.command(kind, "unblock", folder)
		switch {
		case len(block.argv) == 0 && len(unblock.argv) > 0:
			own.to.leave(unblock.Origin, "there is nothing that it would undo")
		case len(block.argv) > 0 && len(unblock.argv) > 0:
			undone = append(undone, [2]command{block, unblock})
		case len(block.argv) > 0:
			forever = append(forever, [2]command{block, unblock})
		}
	}
	origin := Origin{File: own.file, Name: "client external_call"}
	if len(undone)+len(forever) == 0 {
		own.to.leave(origin, "has no block command, so there is no blocker")
		return
	}
	if len(undone) > 0 {
		own.commands("blocker.external_call", undone, folder, origin)
	}
	if len(forever) > 0 {
		own.oneWay(undone, forever, folder, origin)
	}
}

// oneWay carries over commands without their opposite.
func (s source) oneWay(undone, forever [][2]command, folder string, origin Origin) {
	path := "blocker.external_call"
	if len(undone) > 0 {
		path = "blocker.external_call_one_way"
		s.to.set(path+".label", "External Call One Way", "labels must differ", origin)
	}
	s.commands(path, forever, folder, origin)
	s.to.tell(forever[0][0].Origin, "has no command that undoes it: var will say of its blocks that they cannot be undone")
}

func (s source) commands(path string, pairs [][2]command, folder string, origin Origin) {
	s.to.set(path+".plugin", "external-command", "commands get PATH and no other variable; settings.env has others", origin)
	s.to.set(path+".settings.directory", folder, "the predecessor ran its commands here")
	for _, pair := range pairs {
		for _, c := range pair {
			if len(c.argv) > 0 {
				s.to.set(path+".settings."+c.key, c.argv, "", c.Origin)
			}
		}
	}
}

// placeholder is what the plugin would put a value in place of.
var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// command reads one list. Its program must have an absolute path: there is no shell, and PATH is not the predecessor's.
func (s source) command(kind, verb, folder string) command {
	name := strings.ToUpper(kind + "_" + verb + "_CMD")
	argv, p := s.texts(name)
	if len(argv) == 0 || argv[0] == "" {
		return command{param: p}
	}
	for _, arg := range argv {
		if placeholder.MatchString(arg) {
			s.to.refuse(p.Origin, "the argument %s would be filled in by var: write it in another way", shown(arg))
		}
	}
	switch program := argv[0]; {
	case filepath.IsAbs(program):
	case strings.ContainsRune(program, '/'):
		argv[0] = filepath.Join(folder, program)
	default:
		path, err := s.to.options.find(program)
		if err != nil || !filepath.IsAbs(path) {
			s.to.refuse(p.Origin, "%s is not found on this machine: write its absolute path", shown(program))
		}
		argv[0] = path
	}
	return command{p, kind + "_" + verb, argv}
}
