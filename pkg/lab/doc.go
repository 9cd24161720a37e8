// Package lab is a simulated world in one process: Vectra brains and the firewalls of several vendors, spoken to
// over TLS on the loopback interface. The ends remember what they are told, can be made to fail, and count what
// they are asked. It serves demonstrations, tests and authors of plugins; nothing of it leaves the machine.
package lab
