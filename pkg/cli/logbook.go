package cli

import (
	"log/slog"
	"sync"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/logs"
)

// logbook is where the program logs to: standard error, and a file when the configuration names one. Its loggers follow
// when that changes.
type logbook struct {
	mask logs.Mask
	once sync.Once
	log  *logs.Log
}

// logs is the log, which goes to standard error until a configuration says more.
func (a *App) logs() *logs.Log {
	a.book.once.Do(func() { a.book.log = logs.New(&a.book.mask, a.errEnd(config.Log{})) })
	return a.book.log
}

// log writes facts to Err: all of them with --debug, else what the configuration wants, which is what went wrong.
func (a *App) log() *slog.Logger { return slog.New(a.meter.counting(a.logs().Logger().Handler())) }

// logTo has the log go where a configuration says.
func (a *App) logTo(c config.Log) {
	ends := []logs.End{a.errEnd(c)}
	if c.File != "" {
		ends = append(ends, logs.Stream(a.logFile(c, ends[0]), logs.Form{Level: min(a.logLevel(c), slog.LevelInfo), JSON: c.Format == "json"}))
	}
	a.logs().To(ends...)
}

func (a *App) errEnd(c config.Log) logs.End {
	return logs.Stream(a.Err, logs.Form{Level: a.logLevel(c), JSON: c.Format == "json", Journal: a.Journal})
}

// logFile is the file of the log. What is wrong with it is told on standard error alone.
func (a *App) logFile(c config.Log, others logs.End) *logs.File {
	log := logs.New(&a.book.mask, others).Logger()
	return logs.NewFile(c.File, int64(c.MaxMegabytes)<<20, c.Keep, func(err error) {
		if err != nil {
			log.Warn("the log file is not written, nothing else is the worse for it", "file", c.File, "error", err)
			return
		}
		log.Warn("the log file is written again", "file", c.File)
	})
}

// logLevel is the least that is logged to standard error.
func (a *App) logLevel(c config.Log) slog.Level {
	if a.debug || truthy(a.Getenv("VAR_DEBUG")) {
		return slog.LevelDebug
	}
	level := slog.LevelWarn
	_ = level.UnmarshalText([]byte(c.Level)) // what is none stays as it is
	return level
}
