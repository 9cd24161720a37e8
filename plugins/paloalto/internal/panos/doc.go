// Package panos speaks the part of the PAN-OS XML API that blocking needs: user-id
// messages that register addresses and users with tags, the commands that read them
// back, and keygen. Facts marked "seen" come from public clients of the API.
package panos
