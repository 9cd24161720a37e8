// Package setup asks a person the questions that make a configuration, and writes what was answered into the text of
// the file, comments and all. It knows no network: what it tries out is a Trial, and where secrets are kept is a Keyring.
package setup
