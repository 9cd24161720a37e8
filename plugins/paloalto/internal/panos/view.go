package panos

import (
	"context"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// System is what a device says of itself.
type System struct {
	Model, Version string
	// Serial is empty where the device has none yet.
	Serial string
	// Up is how long it has been running, as "23 days, 4:05:06".
	Up string
}

type system struct {
	Model   string `xml:"model"`
	Version string `xml:"sw-version"`
	Serial  string `xml:"serial"`
	Up      string `xml:"uptime"`
}

// maxDays keeps a broken uptime from becoming a time before the device was made.
const maxDays = 10_000

// Uptime is how long the device has been running; false when it does not say.
func (s System) Uptime() (time.Duration, bool) {
	var days, hours, minutes, seconds uint16
	n, err := fmt.Sscanf(strings.TrimSpace(s.Up), "%d days, %d:%d:%d", &days, &hours, &minutes, &seconds)
	if err != nil || n != 4 || days > maxDays || hours > 23 || minutes > 59 || seconds > 59 {
		return 0, false
	}
	return time.Duration(days)*24*time.Hour + time.Duration(hours)*time.Hour +
		time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second, true
}

type showSystem struct {
	XMLName xml.Name `xml:"show"`
	Info    struct{} `xml:"system>info"`
}

// System asks for model, release and serial number.
func (e *Endpoint) System(ctx context.Context) (System, error) {
	a, err := e.show(ctx, showSystem{})
	if err != nil {
		return System{}, err
	}
	s := System(a.Result.System)
	if s.Serial = strings.TrimSpace(s.Serial); strings.EqualFold(s.Serial, "unknown") { // a VM without a licence
		s.Serial = ""
	}
	return s, nil
}
