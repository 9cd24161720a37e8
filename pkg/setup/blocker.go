package setup

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/schema"
)

// blockers goes over the blockers for as long as the person wants to see or to add one.
func (t *talk) blockers(ctx context.Context) error {
	if err := t.lookForPlugins(ctx); err != nil {
		return err
	}
	for {
		names := t.named("blocker")
		choice, err := t.menu(ctx, menu{blockerTables, "What can block: one for each use of a plugin. " + namesStay, names, len(names) == 0 && len(t.usable()) > 0, false})
		switch name, out := strings.CutPrefix(choice, takeOut); {
		case err != nil || choice == goOn:
			return err
		case out:
			err = t.remove(join("blocker", name), freshly(blockerTables, name), join("blocker", name))
		case choice == another:
			err = t.newBlocker(ctx, names)
		default:
			err = t.blocker(ctx, name)
		}
		if err != nil {
			return err
		}
	}
}

// lookForPlugins tells of those that cannot be used, with why.
func (t *talk) lookForPlugins(ctx context.Context) (err error) {
	if err := t.tell("looking for plugins …"); err != nil {
		return err
	}
	t.plugins, err = find(ctx, t, func() []Plugin { return t.Trial.Plugins(ctx) })
	if err != nil {
		return err
	}
	for _, p := range t.plugins {
		if p.Err != nil {
			if err := t.tell(fmt.Sprintf("plugin %s cannot be used: %s", p.Name, oneLine(p.Err.Error()))); err != nil {
				return err
			}
		}
	}
	if len(t.usable()) == 0 {
		return t.tell("no plugin was found that can be used: var plugin list says where they are looked for")
	}
	return nil
}

func (t *talk) usable() []Plugin {
	return slices.DeleteFunc(slices.Clone(t.plugins), func(p Plugin) bool { return p.Err != nil })
}

// newBlocker asks for the plugin and the name of a blocker. Without a plugin there is none to be made.
func (t *talk) newBlocker(ctx context.Context, taken []string) error {
	options := t.pluginOptions()
	if len(options) == 0 {
		return t.tell("nothing can be added without a plugin")
	}
	plugin, err := t.ask(ctx, Question{
		Key: "blocker.NAME.plugin", Help: "What is to block?", Form: One, Default: options[0].Value, Options: options,
	})
	if err != nil {
		return err
	}
	name, err := t.newName(ctx, "blocker", "Name of the blocker, which stands in the state and in lists.", plugin, taken)
	if err != nil {
		return err
	}
	t.fresh[freshly(blockerTables, name)] = true
	if err := t.draft.Set(join(join("blocker", name), "plugin"), plugin); err != nil {
		return err
	}
	return t.blocker(ctx, name)
}

// pluginOptions are the plugins that can be used. That which only shows how plugins are written comes last.
func (t *talk) pluginOptions() []Option {
	var options, last []Option
	for _, p := range t.usable() {
		name := p.Name
		if released.MatchString(p.Version) {
			name += " " + p.Version
		}
		one := Option{p.Name, oneLine(name + ": " + p.Help)}
		if p.Name == "example" {
			last = append(last, one)
			continue
		}
		options = append(options, one)
	}
	return append(options, last...)
}

// released is the version of a release; others tell a beginner nothing.
var released = regexp.MustCompile(`^v?\d+(\.\d+)+$`)

// blocker asks for the settings of one blocker and has the plugin try them, until that goes well or is left so.
func (t *talk) blocker(ctx context.Context, name string) error {
	p := t.top("blocker")
	p = place{path: join("blocker", name), secrets: join("blocker", name), Field: p.Field}
	for next := otherSettings; next != goOn; {
		var err error
		if next, err = t.tryOut(ctx, name, p, next); err != nil {
			return err
		}
	}
	if err := t.kinds(ctx, name, p); err != nil {
		return err
	}
	if err := t.keys(ctx, without(p, "plugin", "kinds", "settings")); err != nil {
		return err
	}
	return t.unasked(t.leftOut(p.path, p.Fields))
}

// tryOut asks for settings, tries them, and says what is to be done next.
func (t *talk) tryOut(ctx context.Context, name string, p place, ask string) (next string, err error) {
	if ask == otherSettings {
		if err := t.settings(ctx, name, p); err != nil {
			return "", err
		}
	}
	if err := t.tell("trying blocker " + name + " …"); err != nil {
		return "", err
	}
	tried, err := find(ctx, t, func() tried {
		problems, checks := t.Trial.Blocker(ctx, name, t.config().Blockers[name], maps.Clone(t.given))
		return tried{problems, checks}
	})
	if err != nil {
		return "", err
	}
	if len(tried.problems) > 0 {
		if err := t.tell(tried.problems.Error()); err != nil {
			return "", err
		}
	}
	if err := t.tellChecks(tried.checks); err != nil {
		return "", err
	}
	if len(tried.problems) == 0 && len(failed(tried.checks)) == 0 {
		return goOn, nil
	}
	return t.whatNow(ctx, trouble{p.path, "Not all went well.", otherSettings, failed(tried.checks)}, Option{otherSettings, "go over the settings again"})
}

// tried is what became of a blocker's settings.
type tried struct {
	problems schema.Problems
	checks   []Check
}

// settings asks for what the plugin wants to know.
func (t *talk) settings(ctx context.Context, name string, p place) error {
	plugin, found := t.plugin(t.config().Blockers[name].Plugin)
	if !found {
		return t.tell(fmt.Sprintf("blocker %s: its settings are not asked, since its plugin cannot be used", name))
	}
	at := place{path: join(p.path, "settings"), secrets: p.secrets}
	return t.each(ctx, at, plugin.Settings.Fields)
}

func (t *talk) plugin(name string) (Plugin, bool) {
	usable := t.usable()
	at := slices.IndexFunc(usable, func(p Plugin) bool { return p.Name == name })
	if at < 0 {
		return Plugin{}, false
	}
	return usable[at], true
}

// kinds asks which of the kinds that the plugin can block it is to block.
func (t *talk) kinds(ctx context.Context, name string, p place) error {
	at := p.below(fieldOf(p.Fields, "kinds"))
	plugin, found := t.plugin(t.config().Blockers[name].Plugin)
	can := kindNames(plugin.Kinds)
	if now := t.config().Blockers[name].Kinds; found && !slices.ContainsFunc(now, func(k string) bool { return !slices.Contains(can, k) }) {
		at.Enum = can
		at.Help = fmt.Sprintf("%s It can: %s.", at.Help, strings.Join(at.Enum, ", "))
	}
	return t.key(ctx, at)
}

func kindNames(kinds []entity.Kind) []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return names
}
