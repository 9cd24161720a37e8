package config

import "slices"

// Clone is a document with the same text, which is changed apart from this one.
func (d *Document) Clone() *Document {
	c := *d
	c.put = slices.Clone(d.put)
	return &c
}

// Salvage is Config for who goes on with whatever can be read: the problems come with all the rest.
func (d *Document) Salvage() (*Config, []Problem) { return salvage(d.name, d.Bytes()) }
