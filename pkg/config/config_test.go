package config

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/schema"
)

const least = "[brain.hq]\nurl = \"https://brain.example.net\"\n[blocker.edge]\nplugin = \"fortigate\"\n"

func mustParse(t *testing.T, text string) *Config {
	t.Helper()
	c, problems := Parse("/etc/var/config.toml", []byte(text))
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, text)
	}
	return c
}

// changed sets one key of the least configuration and loads it.
func changed(t *testing.T, path string, value any) *Config {
	t.Helper()
	values := map[string]any{}
	if _, err := toml.Decode(least+leastChannel(path), &values); err != nil {
		t.Fatal(err)
	}
	table, keys := values, strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		if _, ok := table[key]; !ok {
			table[key] = map[string]any{}
		}
		table = table[key].(map[string]any)
	}
	table[keys[len(keys)-1]] = value
	var text bytes.Buffer
	if err := toml.NewEncoder(&text).Encode(values); err != nil {
		t.Fatal(err)
	}
	return mustParse(t, text.String())
}

type keyTest struct {
	value any
	get   func(c *Config) any
	want  any
}

func scoreTests(path string, get func(c *Config) *Score) map[string]keyTest {
	table := map[string]any{"threat": 70, "match": "OR", "certainty": 60}
	return map[string]keyTest{
		path + ".threat":    {table, func(c *Config) any { return get(c).Threat }, 70},
		path + ".match":     {table, func(c *Config) any { return get(c).Either() }, true},
		path + ".certainty": {table, func(c *Config) any { return get(c).Certainty }, 60},
	}
}

func ruleTests(path string, get func(c *Config) *Rules) []map[string]keyTest {
	return []map[string]keyTest{
		{
			path + ".block_group":     {"Bad", func(c *Config) any { return get(c).BlockGroup }, "Bad"},
			path + ".no_block_group":  {"Good", func(c *Config) any { return get(c).NoBlockGroup }, "Good"},
			path + ".urgency":         {90, func(c *Config) any { return *get(c).Urgency }, 90},
			path + ".detection_types": {[]string{"TOR Activity"}, func(c *Config) any { return get(c).DetectionTypes }, []string{"TOR Activity"}},
		},
		scoreTests(path+".score", func(c *Config) *Score { return get(c).Score }),
		scoreTests(path+".detection_types_score", func(c *Config) *Score { return get(c).DetectionTypesScore }),
	}
}

func gateTests(path string, get func(c *Config) Limits) map[string]keyTest {
	return map[string]keyTest{
		path + ".max_blocks":           {7, func(c *Config) any { return get(c) }, Limits{7, 50, 30, 10}},
		path + ".max_releases":         {7, func(c *Config) any { return get(c) }, Limits{50, 7, 30, 10}},
		path + ".max_releases_percent": {7, func(c *Config) any { return get(c) }, Limits{50, 50, 7, 10}},
		path + ".floor":                {0, func(c *Config) any { return get(c) }, Limits{50, 50, 30, 0}},
	}
}

func keyTests() map[string]keyTest {
	hq := func(c *Config) Brain { return c.Brains["hq"] }
	edge := func(c *Config) Blocker { return c.Blockers["edge"] }
	all := map[string]keyTest{
		"state":                         {"sqlite:///srv/var.db", func(c *Config) any { return c.StatePath() }, "/srv/var.db"},
		"owner":                         {"soc1", func(c *Config) any { return c.Owner }, "soc1"},
		"run.interval":                  {"90s", func(c *Config) any { return c.Run.Interval }, 90 * time.Second},
		"run.jitter":                    {25, func(c *Config) any { return c.Run.Jitter }, 25},
		"run.stop_timeout":              {"2m", func(c *Config) any { return c.Run.StopTimeout }, 2 * time.Minute},
		"window.days":                   {[]string{"weekend"}, func(c *Config) any { return c.Window.Days }, []string{"weekend"}},
		"window.start":                  {"08:00", func(c *Config) any { return c.Window.Start }, "08:00"},
		"window.end":                    {"17:00", func(c *Config) any { return c.Window.End }, "17:00"},
		"window.timezone":               {"Europe/Brussels", func(c *Config) any { return c.Window.Timezone }, "Europe/Brussels"},
		"window.releases":               {"window", func(c *Config) any { return c.Window.HoldsReleases() }, true},
		"blocker.edge.mark":             {"old", func(c *Config) any { return edge(c).MarkOf("edge") }, "old"},
		"run.deadline":                  {"20m", func(c *Config) any { return c.Run.Deadline }, 20 * time.Minute},
		"run.explicit_unblock":          {true, func(c *Config) any { return c.Run.ExplicitUnblock }, true},
		"run.groom":                     {true, func(c *Config) any { return c.Run.Groom }, true},
		"brain.hq.url":                  {"https://b2.example.net/", func(c *Config) any { return hq(c).URL }, "https://b2.example.net"},
		"brain.hq.api":                  {"3.3", func(c *Config) any { return hq(c).API }, "3.3"},
		"brain.hq.auth":                 {"token", func(c *Config) any { return hq(c).Auth }, "token"},
		"brain.hq.parallel":             {3, func(c *Config) any { return hq(c).Parallel }, 3},
		"brain.hq.rate":                 {2.5, func(c *Config) any { return hq(c).Rate }, 2.5},
		"brain.hq.timeout":              {"5s", func(c *Config) any { return hq(c).Timeout }, 5 * time.Second},
		"brain.hq.proxy":                {"http://proxy:3128", func(c *Config) any { return hq(c).Proxy }, "http://proxy:3128"},
		"brain.hq.ca_file":              {"ca.pem", func(c *Config) any { return hq(c).CAFile }, "/etc/var/ca.pem"},
		"brain.hq.server_name":          {"brain", func(c *Config) any { return hq(c).ServerName }, "brain"},
		"brain.hq.insecure_skip_verify": {true, func(c *Config) any { return hq(c).InsecureSkipVerify }, true},
		"hosts.enabled":                 {false, func(c *Config) any { return c.Hosts.Enabled }, false},
		"hosts.block_tag":               {"b", func(c *Config) any { return c.Hosts.BlockTag }, "b"},
		"hosts.unblock_tag":             {"u", func(c *Config) any { return c.Hosts.UnblockTag }, "u"},
		"accounts.enabled":              {false, func(c *Config) any { return c.Accounts.Enabled }, false},
		"accounts.block_tag":            {"b", func(c *Config) any { return c.Accounts.BlockTag }, "b"},
		"accounts.unblock_tag":          {"u", func(c *Config) any { return c.Accounts.UnblockTag }, "u"},
		"detections.enabled":            {false, func(c *Config) any { return c.Detections.Enabled }, false},
		"detections.block_tag":          {"b", func(c *Config) any { return c.Detections.BlockTag }, "b"},
		"detections.unblock_tag":        {"u", func(c *Config) any { return c.Detections.UnblockTag }, "u"},
		"detections.types":              {[]string{"TOR Activity"}, func(c *Config) any { return c.Detections.Types }, []string{"TOR Activity"}},
		"detections.host_urgency":       {80, func(c *Config) any { return *c.Detections.HostUrgency }, 80},
		"static.destinations":           {"list.txt", func(c *Config) any { return c.Static.Destinations }, "/etc/var/list.txt"},
		"static.permit": {
			[]string{"10.1.2.3/8"}, func(c *Config) any { return c.Static.Networks()[0].String() }, netip.MustParsePrefix("10.0.0.0/8").String(),
		},
		"static.taken_over":            {"taken.txt", func(c *Config) any { return c.Static.TakenOver }, "/etc/var/taken.txt"},
		"run.compare":                  {7, func(c *Config) any { return c.Run.Compare }, 7},
		"run.keep_history":             {"24h", func(c *Config) any { return c.Run.KeepHistory }, 24 * time.Hour},
		"hosts.spare_key_assets":       {true, func(c *Config) any { return c.Hosts.SpareKeyAssets }, true},
		"hosts.spare_unseen":           {"36h", func(c *Config) any { return c.Hosts.SpareUnseen }, 36 * time.Hour},
		"never_block.targets":          {[]string{"dc01"}, func(c *Config) any { return c.NeverBlock.Targets }, []string{"dc01"}},
		"never_block.public_resolvers": {false, func(c *Config) any { return c.NeverBlock.PublicResolvers }, false},
		"never_block.min_prefix_ipv4":  {16, func(c *Config) any { return c.NeverBlock.MinPrefixIPv4 }, 16},
		"never_block.min_prefix_ipv6":  {32, func(c *Config) any { return c.NeverBlock.MinPrefixIPv6 }, 32},
		"blocker.edge.enabled":         {false, func(c *Config) any { return edge(c).Enabled }, false},
		"blocker.edge.plugin":          {"paloalto", func(c *Config) any { return edge(c).Plugin }, "paloalto"},
		"blocker.edge.label":           {"Edge", func(c *Config) any { return edge(c).Label }, "Edge"},
		"blocker.edge.kinds":           {[]string{"static"}, func(c *Config) any { return edge(c).EntityKinds() }, []entity.Kind{entity.KindStatic}},
		"blocker.edge.parallel":        {9, func(c *Config) any { return edge(c).Parallel }, 9},
		"blocker.edge.rate":            {0.5, func(c *Config) any { return edge(c).Rate }, 0.5},
		"blocker.edge.timeout":         {"9s", func(c *Config) any { return edge(c).Timeout }, 9 * time.Second},
		"blocker.edge.sha256":          {strings.Repeat("AB", 32), func(c *Config) any { return edge(c).SHA256 }, strings.Repeat("ab", 32)},
		"blocker.edge.env":             {[]string{"HTTPS_PROXY"}, func(c *Config) any { return edge(c).Env }, []string{"HTTPS_PROXY"}},
		"blocker.edge.settings":        {map[string]any{"mode": "feed"}, func(c *Config) any { return edge(c).Settings["mode"] }, "feed"},
	}
	more := append(ruleTests("hosts", func(c *Config) *Rules { return &c.Hosts.Rules }),
		ruleTests("accounts", func(c *Config) *Rules { return &c.Accounts.Rules })...)
	more = append(more, scoreTests("detections.host_score", func(c *Config) *Score { return c.Detections.HostScore }))
	more = append(more, notifyTests()...)
	more = append(more, gateTests("gate", func(c *Config) Limits { return c.Gate.Limits }))
	for table, kind := range map[string]entity.Kind{
		"hosts": entity.KindHost, "accounts": entity.KindAccount, "detections": entity.KindDetection, "static": entity.KindStatic,
	} {
		more = append(more, gateTests("gate."+table, func(c *Config) Limits { return c.Gate.Of(kind) }))
	}
	for _, tests := range more {
		for path, tt := range tests {
			all[path] = tt
		}
	}
	return all
}

// keysOf lists every key of a description, with names for the tables that have some.
func keysOf(prefix string, fields []schema.Field) []string {
	names := map[string]string{"brain": "hq", "blocker": "edge", "webhook": "chat"}
	var keys []string
	for _, f := range fields {
		path := join(prefix, f.Name)
		switch f.Type {
		case schema.Table:
			keys = append(keys, keysOf(path, f.Fields)...)
		case schema.Named:
			keys = append(keys, keysOf(join(path, names[f.Name]), f.Fields)...)
		default:
			keys = append(keys, path)
		}
	}
	return keys
}

func TestEachKeyChangesWhatIsLoaded(t *testing.T) {
	tests := keyTests()
	d, err := Describe()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range keysOf("", d.Fields) {
		t.Run(path, func(t *testing.T) {
			tt, ok := tests[path]
			if !ok {
				t.Fatal("the key has no test")
			}
			at := path
			if strings.HasSuffix(parent(at), "score") {
				at = parent(at)
			}
			if d := cmp.Diff(tt.want, tt.get(changed(t, at, tt.value))); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	c := mustParse(t, least)
	got := *c
	got.file, got.lines = "", nil
	want := Config{
		State:      "sqlite:///var/lib/var/var.db",
		Run:        Run{Interval: 5 * time.Minute, Jitter: 10, StopTimeout: 30 * time.Second, Deadline: 30 * time.Minute, Compare: 1, KeepHistory: 90 * 24 * time.Hour},
		Brains:     map[string]Brain{"hq": {URL: "https://brain.example.net", API: "2.5", Auth: "oauth", Parallel: 8, Timeout: time.Minute}},
		Window:     Window{Releases: "always"},
		Notify:     Notify{Timeout: 10 * time.Second},
		Log:        Log{Level: "warn", Format: "text", MaxMegabytes: 10, Keep: 5},
		Admin:      Admin{Page: true},
		Hosts:      Hosts{Enabled: true, BlockTag: "vectra_host_block", UnblockTag: "vectra_host_unblock"},
		Accounts:   Accounts{Enabled: true, BlockTag: "vectra_account_block", UnblockTag: "vectra_account_unblock"},
		Detections: Detections{Enabled: true, BlockTag: "block", UnblockTag: "unblock"},
		Gate:       Gates{Limits: Limits{MaxBlocks: 50, MaxReleases: 50, MaxReleasesPercent: 30, Floor: 10}},
		NeverBlock: NeverBlock{PublicResolvers: true, MinPrefixIPv4: 8, MinPrefixIPv6: 19},
		Blockers:   map[string]Blocker{"edge": {Enabled: true, Plugin: "fortigate", Parallel: 4, Timeout: 30 * time.Second}},
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(Config{}), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

func TestLimitsOfAKindAreThoseOfAllUnlessSaid(t *testing.T) {
	c := mustParse(t, least+"[gate]\nmax_blocks = 5\nfloor = 3\n[gate.hosts]\nmax_blocks = 0\nmax_releases = 9\n")
	for kind, want := range map[entity.Kind]Limits{entity.KindHost: {0, 9, 30, 3}, entity.KindStatic: {5, 50, 30, 3}} {
		if got := c.Gate.Of(kind); got != want {
			t.Errorf("%s: got %+v, want %+v", kind, got, want)
		}
	}
}

func TestNeverBlockTakesEachTextForAllThatItCanMean(t *testing.T) {
	tests := map[string]Protected{
		"10.0.0.1":              {Prefix: netip.MustParsePrefix("10.0.0.1/32")},
		"10.0.0.7/30":           {Prefix: netip.MustParsePrefix("10.0.0.4/30")},
		"0.0.0.0/0":             {Prefix: netip.MustParsePrefix("0.0.0.0/0")},
		"::ffff:10.0.0.1":       {Prefix: netip.MustParsePrefix("10.0.0.1/32")},
		"2001:db8::/32":         {Prefix: netip.MustParsePrefix("2001:db8::/32")},
		"DC01":                  {Name: "dc01", Account: "dc01"},
		"John.Doe":              {Name: "john.doe", Account: "john.doe", Domain: "john.doe"},
		"dc01.example.net.":     {Name: "dc01.example.net", Account: "dc01.example.net.", Domain: "dc01.example.net"},
		"nas.local":             {Name: "nas.local", Account: "nas.local", Domain: "nas.local"},
		"bücher.example":        {Name: "xn--bcher-kva.example", Account: "bücher.example", Domain: "xn--bcher-kva.example"},
		"John's iPhone":         {Name: "john's iphone", Account: "john's iphone"},
		`EXAMPLE\Administrator`: {Account: `EXAMPLE\Administrator`},
		"O365:ceo@example.net":  {Account: "O365:ceo@example.net"},
	}
	for text, want := range tests {
		want.Text = text
		got := changed(t, "never_block.targets", []string{text}).NeverBlock.Protected()
		if d := cmp.Diff([]Protected{want}, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); d != "" {
			t.Errorf("%s: got (+), want (-):\n%s", text, d)
		}
	}
}

func TestAPIComesFromTheHostUnlessSaid(t *testing.T) {
	tests := map[string]string{
		"https://123456789012.uw2.portal.vectra.ai":  "3.4",
		"https://123456789012.CC1.Portal.Vectra.AI/": "3.4",
		"https://portal.vectra.ai.example.net":       "2.5",
		"https://notportal.vectra.ai":                "2.5",
		"https://192.0.2.1":                          "2.5",
		"https://brain.example.net:8443":             "2.5",
		"http://127.0.0.1:8080":                      "2.5",
	}
	for address, want := range tests {
		t.Run(address, func(t *testing.T) {
			if got := changed(t, "brain.hq.url", address).Brains["hq"].API; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestStaticListAloneIsEnoughToRead(t *testing.T) {
	mustParse(t, "[static]\ndestinations = \"list.txt\"\n[blocker.edge]\nplugin = \"fortigate\"\n")
}

func TestSecretsOfABrainFollowItsAuthentication(t *testing.T) {
	tests := map[string][]string{
		"oauth": {"brain.hq.client_id", "brain.hq.client_secret"},
		"token": {"brain.hq.token"},
	}
	for auth, want := range tests {
		if d := cmp.Diff(want, Brain{Auth: auth}.Secrets("hq")); d != "" {
			t.Errorf("%s: got (+), want (-):\n%s", auth, d)
		}
	}
}

func TestFilesInSettingsStartAtTheFolderOfTheFile(t *testing.T) {
	c := mustParse(t, least+"[[blocker.edge.settings.device]]\nname = \"fw1\"\nca_file = \"fw.pem\"\n[[blocker.edge.settings.device]]\nname = \"fw2\"\nca_file = \"/fw.pem\"\n")
	devices := c.Blockers["edge"].Settings["device"].([]map[string]any)
	if devices[0]["ca_file"] != "/etc/var/fw.pem" || devices[1]["ca_file"] != "/fw.pem" {
		t.Errorf("got %v", devices)
	}
	c, problems := Parse("config.toml", []byte(least+"[static]\ndestinations = \"list.txt\"\n"))
	if len(problems) > 0 || !filepath.IsAbs(c.Static.Destinations) {
		t.Errorf("got %v, %v", c, problems)
	}
}

type pluginSettings struct {
	Mode    string `toml:"mode" enum:"feed,quarantine"`
	Group   string `toml:"group" required:"true"`
	Devices []struct {
		Name string `toml:"name" required:"true"`
		URL  string `toml:"url" required:"true"`
		VDOM string `toml:"vdom"`
	} `toml:"device" required:"true"`
}

func TestSettingsAreCheckedAgainstThePluginWithFileAndLine(t *testing.T) {
	d, err := schema.Of[pluginSettings]()
	if err != nil {
		t.Fatal(err)
	}
	c := mustParse(t, least+`[blocker.edge.settings]
modee = "feed"
mode = "quarantaine"

[[blocker.edge.settings.device]]
name = "fw1"
url = "x"
[[blocker.edge.settings.device]]
name = "fw2"
vdom = 1
`)
	want := []string{
		`/etc/var/config.toml:5: blocker.edge.settings.group: is missing`,
		`/etc/var/config.toml:6: blocker.edge.settings.modee: unknown key; did you mean "mode"?`,
		`/etc/var/config.toml:7: blocker.edge.settings.mode: "quarantaine" is not one of feed, quarantine; did you mean "quarantine"?`,
		`/etc/var/config.toml:12: blocker.edge.settings.device[1].url: is missing`,
		`/etc/var/config.toml:14: blocker.edge.settings.device[1].vdom: must be a text, not 1`,
	}
	var got []string
	for _, p := range c.CheckSettings("edge", d) {
		got = append(got, p.String())
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
	found := c.SettingsProblems("edge", schema.Problems{{Message: "two devices have one address"}})
	if len(found) != 1 || found[0].String() != "/etc/var/config.toml:5: blocker.edge.settings: two devices have one address" {
		t.Errorf("got %v", found)
	}
}

func TestWhatCanBeReadIsSalvaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	text := "state = \"sqlite:///s/var.db\"\nbrain.hq.url = 7\nbrain.hq.parallel = \"many\"\nmistake = 1\n[blocker.edge]\nplugin = \"example\"\ntimeout = \"17s\"\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, problems := Salvage(path)
	if c == nil || len(problems) == 0 {
		t.Fatalf("config %v, problems %v", c, problems)
	}
	if c.State != "sqlite:///s/var.db" || c.Blockers["edge"].Timeout != 17*time.Second {
		t.Errorf("salvaged is %+v", c)
	}
	if c, _ := Load(path); c != nil {
		t.Error("a file with problems is loaded")
	}
}
