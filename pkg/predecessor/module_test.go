package predecessor

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestModuleReadsWhatIsWrittenOut(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want any
	}{
		"text":                  {`X = "a"`, "a"},
		"other quotes":          {`X = 'it'`, "it"},
		"number":                {"X = 5", int64(5)},
		"negative number":       {"X = -5", int64(-5)},
		"fraction":              {"X = -0.5", -0.5},
		"truth":                 {"X = True", true},
		"untruth":               {"X = False", false},
		"None":                  {"X = None", none{}},
		"list":                  {`X = ["a", 1, None]`, list{"a", int64(1), none{}}},
		"list over lines":       {"X = [\n    \"a\",\n    # why\n    \"b\",\n]", list{"a", "b"}},
		"tuple":                 {`X = (100, "and", 100)`, tuple{int64(100), "and", int64(100)}},
		"tuple without bracket": {`X = 100, "or", 50`, tuple{int64(100), "or", int64(50)}},
		"parentheses":           {`X = ("a")`, "a"},
		"dictionary":            {`X = {"IP": "192.0.2.1", "PORT": 443}`, dict{"IP": "192.0.2.1", "PORT": int64(443)}},
		"joined texts":          {`X = "https://" + "brain"`, "https://brain"},
		"joined lists":          {`X = ["a"] + ["b"]`, list{"a", "b"}},
		"a name from before":    {"A = \"192.0.2.1\"\nX = [A]", list{"192.0.2.1"}},
		"added to":              {"X = [\"a\"]\nX += [\"b\"]", list{"a", "b"}},
		"the last one counts":   {"X = 1\nX = 2", int64(2)},
		"continued line":        {"X = \"a\" + \\\n    \"b\"", "ab"},
		"text over lines":       {"X = '''a\nb'''", "a\nb"},
		"raw text":              {`X = r"\d"`, `\d`},
		"windows lines":         {"\ufeffX = [\r\n1,\r\n]\r\n", list{int64(1)}},
		"after an import":       {"import os\nfrom a import (\n    b,\n    c,\n)\nX = 1", int64(1)},
		"after a class":         {"class A(B):\n    x = 1\n\n    def f(self):\n        return 2\n\nX = 1", int64(1)},
		"after a try":           {"try:\n    import a\nexcept ImportError:\n    pass\nfinally:\n    pass\nX = 1", int64(1)},
		"after a condition":     {"if True:\n    Y = 2\nelse:\n    Y = 3\nX = 1", int64(1)},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := parseModule("config.py", []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := source{m, &importer{}}.peek("X")
			if err != nil {
				t.Fatal(err)
			}
			value := got.value
			if !got.there {
				value = none{}
			}
			if diff := cmp.Diff(c.want, value); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestModuleExecutesNothing(t *testing.T) {
	for name, text := range map[string]string{
		"call":                    `X = open("/etc/passwd")`,
		"environment":             `X = os.environ["X"]`,
		"formatted text":          `X = f"{a}"`,
		"choice":                  `X = 1 if True else 2`,
		"either":                  `X = A or "b"`,
		"sum":                     `X = 1 + 1`,
		"repetition":              `X = [0] * 1000000000`,
		"comprehension":           `X = [x for x in [1, 2]]`,
		"lambda":                  `X = lambda: 1`,
		"index":                   `X = [1][0]`,
		"annotated":               `X: int = 5`,
		"chained":                 `X = Y = 5`,
		"several at once":         `X, Y = 1, 2`,
		"walrus":                  `print(X := 5)`,
		"changed by a call":       "X = [1]\nX.append(2)",
		"changed by a condition":  "X = 1\nif True:\n    X = 2",
		"changed by a loop":       "X = 1\nfor X in [1, 2]:\n    pass",
		"changed by deletion":     "X = 1\ndel X",
		"changed by a function":   "X = 1\ndef f():\n    global X\n    X = 2\nf()",
		"changed within a try":    "X = 1\ntry:\n    X = 2\nexcept Exception:\n    pass",
		"an unknown name":         `X = Y`,
		"a name that is computed": "Y = f()\nX = Y",
		"a list that is torn":     "X = [\n\"a\",\nf\"b\",\n]",
		"endless concatenation":   "A = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n" + strings.Repeat("A = A + A\n", 40) + "X = A",
		"endless nesting":         "A = [1, 2]\n" + strings.Repeat("A = [A, A]\n", 60) + "X = A",
		"endless lists":           "A = [1, 2]\n" + strings.Repeat("A = [A, A]\n", 10) + strings.Repeat("A = A + A\n", 30) + "X = A",
	} {
		t.Run(name, func(t *testing.T) {
			m, err := parseModule("config.py", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if p, err := (source{m, &importer{}}).peek("X"); err == nil {
				t.Errorf("X was read as %v; it must be refused", python(p.value))
			}
		})
	}
}

func TestModuleRefusesWhatIsNoConfiguration(t *testing.T) {
	for name, text := range map[string]string{
		"large":            strings.Repeat("#", maxFile+1),
		"binary":           "X = 1\x00",
		"nested":           "X = " + strings.Repeat("[", 100_000),
		"nested and shut":  "X = " + strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000),
		"a web page":       strings.Repeat("<p>not a configuration</p>\n", 500),
		"many statements":  strings.Repeat("import os\n", 1000),
		"many conversions": strings.Repeat("X: int = 5\n", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseModule("config.py", []byte(text)); err == nil {
				t.Error("it was read; want an error")
			}
		})
	}
}

func TestPassedOverStatementsAreNamedWithoutTheirValues(t *testing.T) {
	m, err := parseModule("config.py", []byte("import os\nTOKEN: str = \"s3cr3t\"\nlogin(\"s3cr3t\")\n"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range m.passed {
		all = append(all, p.text)
	}
	if diff := cmp.Diff([]string{"import os", "TOKEN: str", "a statement"}, all); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
