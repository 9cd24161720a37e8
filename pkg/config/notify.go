package config

import (
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Notify says who is told what var does. A channel whose table is absent is off.
type Notify struct {
	Timeout time.Duration      `toml:"timeout" default:"10s" min:"1s" max:"10m" help:"How long one run, or a person's command, goes on for its messages in all; what is not sent by then is sent later."`
	Mail    *Mail              `toml:"mail" help:"Digests by mail. Absent: off."`
	Syslog  *Syslog            `toml:"syslog" help:"Events for a SIEM or log server. Absent: off."`
	Webhook map[string]Webhook `toml:"webhook" help:"One table for each URL that events are posted to. Its name is its identity: it stands in the state and in the names of its secrets."`
	Audit   *Audit             `toml:"audit" help:"A file with one line of JSON for each change. Absent: off."`
}

// Filter says which events a channel tells. Lists that are empty leave nothing out.
type Filter struct {
	Topics   []string `toml:"topics" enum:"change,failure,gate,source,stranded,stop,order" help:"What is told: change, failure, gate, source, stranded, stop (panic, pause, resume) or order. Empty: all."`
	Severity string   `toml:"severity" default:"info" enum:"info,warning,error" help:"Least severity of what is told."`
	Kinds    []string `toml:"kinds" enum:"host,account,detection,static" help:"Kinds of targets that are told of. Empty: all."`
	Sources  []string `toml:"sources" help:"Sources that are told of: names of brains, static, hand. Empty: all."`
	Blockers []string `toml:"blockers" help:"Names of blockers that are told of. Empty: all."`
}

// EntityKinds are the kinds that are told of; nil means all.
func (f Filter) EntityKinds() []entity.Kind { return kindsOf(f.Kinds) }

// Mail sends digests. Its password is the secret MailPassword.
type Mail struct {
	Enabled  bool     `toml:"enabled" default:"true" help:"Use this channel. What happens while this is false is never told."`
	Server   string   `toml:"server" required:"true" help:"Name or address of the mail server."`
	Port     int      `toml:"port" default:"0" min:"0" max:"65535" help:"Its port. 0: 465 with tls, 587 with starttls, 25 with none."`
	Security string   `toml:"security" default:"starttls" enum:"starttls,tls,none" help:"How the connection is made safe: starttls (nothing is sent without), tls (from the first byte on) or none."`
	Auth     string   `toml:"auth" default:"auto" enum:"auto,plain,login,cram-md5,none" help:"How to log in as user; auto: the best that the server offers, nothing when user is empty."`
	User     string   `toml:"user" help:"Name to log in with. Empty: no login. The password is the secret notify.mail.password."`
	From     string   `toml:"from" required:"true" help:"Address that the mail is from."`
	To       []string `toml:"to" required:"true" max:"100" help:"Addresses that it goes to."`
	Subject  string   `toml:"subject" default:"Vectra Automated Response" help:"Its subject."`
	Rate     int      `toml:"rate" default:"4" min:"0" max:"10000" help:"Most mails per minute; what is more waits, and comes in the next. 0: no limit."`
	TLS
	Filter
}

// Syslog sends one message for each event.
type Syslog struct {
	Enabled  bool   `toml:"enabled" default:"true" help:"Use this channel. What happens while this is false is never told."`
	Server   string `toml:"server" required:"true" help:"Name or address of the log server."`
	Port     int    `toml:"port" default:"0" min:"0" max:"65535" help:"Its port. 0: 514 with udp, 601 with tcp, 6514 with tls."`
	Protocol string `toml:"protocol" default:"udp" enum:"udp,tcp,tls" help:"How messages travel. With udp nobody knows whether they arrive."`
	Framing  string `toml:"framing" default:"octet" enum:"octet,lf" help:"How messages are parted with tcp and tls: octet (counted, RFC 6587) or lf (one to a line)."`
	Header   string `toml:"header" default:"rfc5424" enum:"rfc5424,rfc3164" help:"Form of the header."`
	Format   string `toml:"format" default:"cef" enum:"cef,structured,standard" help:"Form of the event: cef, structured (structured data of RFC 5424) or standard (a sentence)."`
	Facility string `toml:"facility" default:"local0" enum:"kern,user,mail,daemon,auth,syslog,lpr,news,uucp,cron,authpriv,ftp,local0,local1,local2,local3,local4,local5,local6,local7" help:"Facility of the messages."`
	Rate     int    `toml:"rate" default:"0" min:"0" max:"100000" help:"Most messages per minute; what is more waits. 0: no limit."`
	TLS
	Filter
}

// Webhook posts events to a URL. Its secrets are kept elsewhere, under the names that Secrets gives.
type Webhook struct {
	Enabled      bool          `toml:"enabled" default:"true" help:"Use this channel. What happens while this is false is never told."`
	URL          string        `toml:"url" help:"Where to post to. Empty: the secret notify.webhook.NAME.url; that of Slack and Teams is one."`
	Template     string        `toml:"template" default:"json" enum:"json,slack,teams" help:"Form of the body."`
	TemplateFile string        `toml:"template_file" help:"File with a form of your own (text/template that makes JSON), in place of template. Empty: none."`
	Timeout      time.Duration `toml:"timeout" default:"10s" min:"1s" max:"5m" help:"Longest wait for one answer."`
	Proxy        string        `toml:"proxy" help:"URL of a proxy. Empty: HTTPS_PROXY and NO_PROXY of the environment."`
	Rate         int           `toml:"rate" default:"30" min:"0" max:"10000" help:"Most messages per minute; what is more waits, and comes in the next. 0: no limit."`
	TLS
	Filter
}

// Audit writes a line of JSON for each change.
type Audit struct {
	File         string `toml:"file" required:"true" help:"The file. Older parts of it stand beside it as FILE.1, FILE.2 and so on."`
	MaxMegabytes int    `toml:"max_megabytes" default:"10" min:"1" max:"10000" help:"Size in megabytes from which on it is put aside and begun anew."`
	Keep         int    `toml:"keep" default:"5" min:"0" max:"1000" help:"How many that were put aside are kept."`
	Rate         int    `toml:"rate" default:"0" min:"0" max:"100000" help:"Most times per minute that it is written; what is more waits. 0: no limit."`
	Filter
}
