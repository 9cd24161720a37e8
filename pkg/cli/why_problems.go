package cli

import (
	"errors"
	"strings"
)

// longCause is from how many bytes on the end of a text is worth telling once; shorter ones may have several causes.
const longCause = 40

// causesOnce tells each cause of a source once: one that is down stops every kind, and each says the same at length.
func causesOnce(problems []error) []error {
	told := map[string]bool{}
	var once []error
	for _, p := range problems {
		source, text, _ := strings.Cut(p.Error(), ": ")
		var lines []string
		for line := range strings.SplitSeq(text, "\n") {
			if line = shortened(told, source, line); line != "" {
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 {
			once = append(once, errors.New(source+": "+strings.Join(lines, "\n")))
		}
	}
	return once
}

// shortened ends a line where it begins to say what was told, and is empty where that is all of it.
func shortened(told map[string]bool, source, line string) string {
	parts := strings.Split(line, ": ")
	for i := range parts {
		cause := strings.Join(parts[i:], ": ")
		switch key := source + "\n" + cause; {
		case len(cause) < longCause:
			return line
		case !told[key]:
			told[key] = true
		case i == 0:
			return ""
		default:
			return strings.Join(parts[:i], ": ") + ": as above"
		}
	}
	return line
}
