package logs

import (
	"regexp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/secret"
)

// Mask takes secrets out of texts: those that it learned, in every form, and what looks like one although nobody said so,
// such as the password of another program in the answer of a device. The zero value is ready. It may be used by many at
// once.
type Mask struct{ known secret.Redactor }

// Learn makes secrets known.
func (m *Mask) Learn(secrets ...secret.String) { m.known.Add(secrets...) }

// names are parts of names that say that a value is a secret.
const names = `passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|credential`

var hiding = regexp.MustCompile(`(?i)` + names + `|cookie`)

// hides reports that what stands under a key is a secret.
func hides(key string) bool { return hiding.MatchString(key) }

var flagName = regexp.MustCompile(`(?i)^--?[\w-]*(?:` + names + `)[\w-]*$`)

// isFlag reports that the argument behind this one is a secret.
func isFlag(arg string) bool { return flagName.MatchString(arg) }

// A shape is how secrets stand in texts: its last group is the secret. Where prose looks the same, plain words stay.
type shape struct {
	// needs: a text without any of these, in small letters, is not looked at; that is most.
	needs   []string
	pattern *regexp.Regexp
	prose   bool
}

const (
	// quotedText is also one inside JSON that is inside JSON; unquoted ends where a parameter of a URL does.
	quotedText = `"(?:[^"\\]|\\.)*"|\\+"[^"]*"|'[^']*'`
	unquoted   = `[^\s&"'<>\\]+`
)

// named are what one of the names needs.
var named = []string{"passw", "passphrase", "pwd", "secret", "token", "api", "access", "private", "authorization", "credential"}

var shapes = []shape{
	// a private key in PEM, RFC 7468
	{[]string{"private key-----"}, regexp.MustCompile(`(-----BEGIN [A-Z ]*PRIVATE KEY-----)([\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))`), false},
	// user and password of a URL
	{[]string{"://"}, regexp.MustCompile(`(://)([^/\s"'<>]+)@`), false},
	// a header, up to the end of its line or, as Go prints headers, of its list
	{
		[]string{"authorization", "cookie", "x-", "api-key"},
		regexp.MustCompile(`(?i)(\b(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[a-z0-9-]*(?:token|key|auth|secret|password)[a-z0-9-]*|api-key)["'\\]*\s*[:=]\s*)(` + quotedText + `|\[[^\]]*\]|[^\r\n"]+)`), false,
	},
	// a value in JSON, also of a list
	{named, regexp.MustCompile(`(?i)((?:` + names + `)[\w-]*\\*"\s*:\s*)(` + quotedText + `|\[[^\]]*\]|\{[^}]*\}|[^\s,}\]]+)`), false},
	// an element of XML, which is where PAN-OS answers with a key
	{[]string{"</"}, regexp.MustCompile(`(?i)(<(?:key|[\w.-]*(?:` + names + `)[\w-]*)(?:\s[^>]*)?>)([^<]+)`), false},
	// name=value, as the predecessor masked it
	{named, regexp.MustCompile(`(?i)((?:` + names + `)[\w-]*\s*=\s*)(` + quotedText + `|` + unquoted + `)`), false},
	// name:value and "name: value",
	{named, regexp.MustCompile(`(?i)((?:` + names + `)[\w-]*:)(` + unquoted + `)`), false},
	// but not "POST /oauth2/token: HTTP 401"
	{named, regexp.MustCompile(`(?i)((?:^|[^/])(?:` + names + `)[\w-]*:\s+)(` + quotedText + `|` + unquoted + `)`), true},
	// --password value
	{named, regexp.MustCompile(`(?i)(\s--?[\w-]*(?:` + names + `)[\w-]*\s+)(` + quotedText + `|[^\s&"'<>\\-]` + unquoted + `)`), true},
	// credentials of HTTP where no header is named
	{[]string{"bearer ", "basic "}, regexp.MustCompile(`(?i)(\b(?:bearer|basic)\s+)([A-Za-z0-9._~+/=-]{6,})`), true},
	// parameters of URLs that admit whoever has them: PAN-OS and logic apps
	{[]string{"key=", "sig=", "code=", "signature=", "auth="}, regexp.MustCompile(`(?i)([?&](?:key|sig|code|signature|auth)=)([^&\s"'<>#\\]+)`), false},
	// addresses that admit whoever has them: Slack and Teams
	{[]string{"hooks.slack", "webhook.office"}, regexp.MustCompile(`(?i)(\bhooks\.slack(?:-gov)?\.com/|\bwebhook\.office\.com/)([^\s"'<>\\]+)`), false},
	// a JSON web token, RFC 7519, and a key of PAN-OS
	{[]string{"eyj", "lufrpt"}, regexp.MustCompile(`()(\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?|\bLUFRPT[\w+/=-]{16,})`), false},
}

// plain is an ordinary word, with what may follow it in a sentence.
var plain = regexp.MustCompile(`^[A-Za-z]?[a-z']*[.,;:!?)]*$`)

// Text is a text without secrets.
func (m *Mask) Text(text string) string {
	text = m.known.Text(text)
	small := strings.ToLower(text)
	for _, s := range shapes {
		if slices.ContainsFunc(s.needs, func(part string) bool { return strings.Contains(small, part) }) {
			text = s.mask(text)
		}
	}
	return text
}

func (s shape) mask(text string) string {
	found := s.pattern.FindAllStringSubmatchIndex(text, -1)
	if len(found) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, f := range found {
		from, to := unquote(text, f[4], f[5])
		if s.prose && plain.MatchString(text[from:to]) {
			continue
		}
		b.WriteString(text[at:from])
		b.WriteString(secret.Redacted)
		at = to
	}
	b.WriteString(text[at:])
	return b.String()
}

// unquote leaves out the quotes around a secret: what was JSON stays JSON.
func unquote(text string, from, to int) (int, int) {
	inner := strings.TrimLeft(text[from:to], `\`)
	if inner == "" || inner[0] != '"' && inner[0] != '\'' {
		return from, to
	}
	from = to - len(inner) + 1
	for to > from && strings.IndexByte(`\"'`, text[to-1]) >= 0 {
		to--
	}
	return from, to
}
