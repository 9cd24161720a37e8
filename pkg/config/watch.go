package config

// Log says what var writes about its own work besides what a command answers.
type Log struct {
	Level        string `toml:"level" default:"warn" enum:"debug,info,warn,error" help:"Least level of what is logged to standard error; --debug goes before it. A file gets info at least."`
	Format       string `toml:"format" default:"text" enum:"text,json" help:"How a line is written."`
	File         string `toml:"file" help:"File that the log goes to besides standard error. Empty: none. Older parts of it stand beside it as FILE.1, FILE.2 and so on."`
	MaxMegabytes int    `toml:"max_megabytes" default:"10" min:"1" max:"10000" help:"Size in megabytes from which on the file is put aside and begun anew."`
	Keep         int    `toml:"keep" default:"5" min:"0" max:"1000" help:"How many that were put aside are kept."`
}

// Admin is where a loop answers questions about itself: health, metrics, and a page to look at.
type Admin struct {
	Listen string   `toml:"listen" help:"Address and port to listen on with --loop, such as 127.0.0.1:9753. Nobody has to log in there, so let it be a loopback address wherever that can be. Empty: off."`
	Page   bool     `toml:"page" default:"true" help:"Show the page, which can be read and nothing else."`
	Hosts  []string `toml:"hosts" help:"Names by which health, metrics and the page may be asked for, besides localhost and the address itself. Probes are answered under any name."`
}
