package mail

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"slices"
	"strconv"
	"strings"
)

// addresses are who a mail is from, and each recipient once.
func (c Config) addresses() (from *mail.Address, to []*mail.Address, err error) {
	if from, err = address("from", c.From); err != nil {
		return nil, nil, err
	}
	for _, text := range c.To {
		one, err := address("to", text)
		if err != nil {
			return nil, nil, err
		}
		if !slices.ContainsFunc(to, func(a *mail.Address) bool { return a.Address == one.Address }) {
			to = append(to, one)
		}
	}
	if len(to) == 0 {
		return nil, nil, errors.New("no recipient: set notify.mail.to")
	}
	return from, to, nil
}

func address(key, text string) (*mail.Address, error) {
	a, err := mail.ParseAddress(text)
	if err != nil {
		return nil, fmt.Errorf("notify.mail.%s: %q is no mail address: %w", key, text, err)
	}
	return a, nil
}

// path is an address as the envelope has it: in angle brackets, without the name.
func path(a *mail.Address) string { return (&mail.Address{Address: a.Address}).String() }

func (c Config) address() string {
	port := c.Port
	if port == 0 {
		port = map[string]int{STARTTLS: 587, TLS: 465, Plain: 25}[c.Security]
	}
	return net.JoinHostPort(c.Server, strconv.Itoa(port))
}

func (c Config) tls() *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLS != nil {
		config = c.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = c.Server
	}
	return config
}

// greeting is the name by which we greet a server: the machine's, if it is one.
func greeting(host string) string {
	odd := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", r)
	}
	if host == "" || len(host) > 255 || strings.ContainsFunc(host, odd) {
		return "localhost"
	}
	return host
}
