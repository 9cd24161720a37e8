// Package failpoint marks the instants between which a crash makes a difference: before and after each durable
// write, each request and each answer. Built as usual the marks do nothing.
//
// Built with the tag "failpoints" they read three variables of the environment, which the crash tests set and
// which no blocker takes for secrets of var:
//
//	FAILPOINT      "PROGRAM NAME N": the program of that base name kills itself at the N-th hit of that mark
//	FAILPOINT_ONCE a file that whoever kills itself makes first; while it is there nobody does
//	FAILPOINT_LOG  a file to which each hit appends the line "PROGRAM NAME"
package failpoint
