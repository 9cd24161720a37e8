// Command var-plugin-fortigate blocks on FortiGate firewalls: by address groups, by the ban list
// (quarantine), or by a pushed threat feed.
package main

func main() {}
