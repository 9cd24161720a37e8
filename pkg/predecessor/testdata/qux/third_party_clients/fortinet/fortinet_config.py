# Groups that the policies use
INTERNAL_ADDRESS_GROUP = "Internal-Block"
EXTERNAL_ADDRESS_GROUP = "External-Block"
# One entry in each list for one firewall
IP = ["192.0.2.10", "fw2.example.net", "2001:db8::10"]
PORT = [443, 8443, "443"]
VDOM = ["root", "edge", "root"]
CHECK_SSL = [False, True, "/etc/ssl/fw.pem"]
