// Package cli is the program: cobra commands that parse flags and call what they
// join. Everything that a command may touch comes in one App.
package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/var-project/var/pkg/internal/wait"
	"github.com/var-project/var/pkg/protect"
	"github.com/var-project/var/pkg/secretstore"
	"github.com/var-project/var/pkg/service"
)

// App is what commands may touch.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	Now      func() time.Time
	Getenv   func(string) string
	// Pause waits between passes and before a repetition; its error ends the waiting early.
	Pause func(context.Context, time.Duration) error
	// Random gives numbers from 0 up to 1.
	Random func() float64
	// Hurry is closed when a run that was told to end, by its context, is not to finish what is under way; nil: never.
	Hurry <-chan struct{}
	// Listen begins to hear what is asked of a loop from outside: a pass at once, and a reload. nil: nobody asks.
	Listen func() (again, changed <-chan struct{}, stop func())
	// Manager finds the service manager that wants to be told of a loop; nil: there is none.
	Manager func() (service.Manager, error)
	// Machine is where the program runs, as far as nothing there may be blocked.
	Machine protect.Machine
	// Terminal and Color tell of Out; ErrTerminal of Err, and Journal that journald reads it.
	Terminal, Color, ErrTerminal, Journal bool

	config    string
	pluginDir string
	output    string
	debug     bool
	profile   profile
	// meter counts what a loop does; nil: this is none.
	meter *meter
	book  logbook
	// keeping is what becomes of secrets, vault where they are looked for.
	keeping keeping
	vault   *secretstore.Store
	// lines is what was read of In and not asked for yet.
	lines *bufio.Reader
}

// Main runs the program and gives its exit code.
func Main() int {
	told, hurry, stop := obey(context.Background())
	defer stop()
	a := newApp()
	a.Hurry = hurry
	return a.Run(told, os.Args[1:])
}

func newApp() *App {
	terminal := term.IsTerminal(int(os.Stdout.Fd()))
	return &App{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now, Getenv: os.Getenv, Pause: wait.For,
		Random: rand.Float64, Listen: listen, Manager: service.Here,
		Machine:  protect.Here(),
		Terminal: terminal, Color: terminal && os.Getenv("NO_COLOR") == "",
		ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Journal:     toJournal(os.Stderr, os.Getenv("JOURNAL_STREAM")),
	}
}

// Run runs one command line and gives the exit code.
func (a *App) Run(ctx context.Context, args []string) int {
	a.Err = &inTurn{w: a.Err}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	var codes []int
	for _, err := range []error{root.ExecuteContext(ctx), a.profile.end()} {
		if err != nil && !told(err) {
			fmt.Fprintln(a.Err, "var:", err)
		}
		codes = append(codes, codeOf(err))
	}
	return worst(codes...)
}

func (a *App) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "var",
		Short:         "Keep what a security console decides in force on the devices that can act",
		Long:          "var reads hosts, accounts and detections from Vectra brains, works out who must be blocked and who\nmust be released, and has vendor plugins do it, again and again, until the two agree.\n\n" + exitHelp,
		SilenceErrors: true, SilenceUsage: true, Args: noCommand, RunE: overview,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return cmp.Or(a.checkOutput(), a.keeping.check(), a.profile.begin())
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.config, "config", "", "configuration file (default: config.toml here, then /etc/var/config.toml)")
	flags.StringVar(&a.pluginDir, "plugin-dir", "", "folder of plugins, before $VAR_PLUGIN_DIR, plugins/ beside the program and /usr/lib/var/plugins")
	flags.StringVar(&a.output, "output", "table", "table or json")
	flags.BoolVar(&a.debug, "debug", false, "log details (also VAR_DEBUG)")
	flags.CountVar(&a.keeping.plaintext, "plaintext", "keep secrets in files of mode 0600 that are not encrypted, instead of a keyring; must be given twice")
	flags.StringVar(&a.profile.dir, "profile", "", "folder for profiles of CPU and memory, cpu.pprof and heap.pprof")
	_ = flags.MarkHidden("profile")
	var former formerTests
	former.flags(root)
	root.RunE = former.insteadOf(a, root.RunE)
	root.SetGlobalNormalizationFunc(underscores)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(a.runCommand(), a.planCommand(), a.applyCommand(), a.statusCommand(), a.whyCommand(), a.historyCommand(),
		a.blockCommand(), a.releaseCommand(), a.pauseCommand(), a.resumeCommand(), a.panicCommand(),
		a.stateCommand(), a.pluginCommand(), a.configCommand(), a.secretCommand(), a.notifyCommand(), a.supportCommand(), a.labCommand(), a.versionCommand())
	root.InitDefaultCompletionCmd()
	a.completeNames(root)
	for _, cmd := range root.Commands() {
		if cmd.HasSubCommands() && cmd.RunE == nil {
			cmd.Args, cmd.RunE = noCommand, overview
		}
	}
	// A group of commands can be run only to say that a name is none of them.
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), "{{if .Runnable}}", "{{if and .Runnable (not .HasAvailableSubCommands)}}", 1))
	return root
}

// overview is what a group of commands does without one of them.
func overview(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// noCommand refuses a name that is no command of a group.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("unknown command %q for %q", args[0], cmd.CommandPath())
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		text += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return usage(errors.New(text))
}

func (a *App) checkOutput() error {
	if a.output != "table" && a.output != "json" {
		return usage(fmt.Errorf("--output %q: want table or json", a.output))
	}
	return nil
}

// truthy takes "false" and "0" for what they say, which the predecessor did not.
func truthy(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}
