// Package vectra reads and marks what a Vectra brain knows. One Console speaks to one brain of
// either API family: a QUX appliance (v2.x) or a RUX tenant (v3.x). It hides what differs
// between versions, and answers exactly: what a server filters loosely is filtered again here.
//
// Errors are entity.Error values with a class. Nothing that could not be read completely is
// answered as if it were empty.
package vectra
