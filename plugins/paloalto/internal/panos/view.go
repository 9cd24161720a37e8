package panos

import (
	"context"
	"encoding/xml"
)

// System is what a device says of itself.
type System struct{ Model, Version, Serial string }

type system struct {
	Model   string `xml:"model"`
	Version string `xml:"sw-version"`
	Serial  string `xml:"serial"`
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
	return System(a.Result.System), nil
}
