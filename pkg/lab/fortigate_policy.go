package lab

func policySchema() *fortiSchema {
	return &fortiSchema{
		path: "firewall", name: "policy", key: "policyid", settle: settlePolicy,
		refs: map[string]bool{"srcaddr": false, "dstaddr": false, "srcaddr6": true, "dstaddr6": true},
		defaults: fortiRow{
			"policyid": 0, "name": "", "uuid": "", "status": "enable", "action": "deny",
			"srcintf": []string{}, "dstintf": []string{}, "srcaddr": []string{}, "dstaddr": []string{},
			"srcaddr6": []string{}, "dstaddr6": []string{}, "srcaddr-negate": "disable", "dstaddr-negate": "disable",
			"service": []string{}, "schedule": "always", "logtraffic": "utm", "comments": "",
		},
	}
}

// settlePolicy refuses a policy that names what does not exist.
func settlePolicy(v *fortiVDOM, row fortiRow) error {
	for ref := range v.tables[tablePolicy].schema.references(row) {
		if !v.exists(ref) {
			return noSuchMember(ref.name)
		}
	}
	switch row.text("action") {
	case "accept", "deny", "ipsec":
		return nil
	}
	return refuse(fortiBadValue, "value parse error before '%s'", row.text("action"))
}
