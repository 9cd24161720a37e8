package lab

import "strconv"

// The story of the default world: who is blocked, and who only looks as if. docs/lab.md tells it.

// blockedIP is where the tunnel of the story leads: a public address, to which nothing is ever sent.
const blockedIP = "185.199.108.153"

func hostNamed(id int, name, ip string, tags ...string) Host {
	return Host{
		Subject: Subject{ID: id, Threat: 31, Certainty: 22, Tags: tags, Modified: day},
		Scored:  Scored{Name: name, Urgency: 20, Importance: 1, LastDetection: day, LastSeen: day, Profile: "External Adversary"},
		IP:      ip, Traffic: true,
		Artifacts: []Artifact{
			{Type: "mac", Value: "00:11:22:33:44:55", Vendor: "Example Corp"},
			{Type: "dns", Value: name + ".example.net"},
			{Type: "kerberos", Value: name},
		},
	}
}

func accountNamed(id int, name, sam string, tags ...string) Account {
	return Account{
		Subject:     Subject{ID: id, Threat: 40, Certainty: 30, Tags: tags, Modified: day},
		Scored:      Scored{Name: name, Urgency: 20, Importance: 1, PrivilegeLevel: 4, LastDetection: day, LastSeen: day},
		DisplayName: name,
	}.withDirectory(sam)
}

func (a Account) withDirectory(sam string) Account {
	if sam != "" {
		a.LDAP = map[string]any{
			"sAMAccountName": sam, "user_principal_name": sam + "@example.net", "common_name": sam,
			"email": sam + "@example.net", "title": "Clerk", "location": "HQ", "description": "",
		}
	}
	return a
}

func hostGroup(id int, name string, members ...int) Group {
	g := Group{ID: id, Name: name, Type: "host", Importance: "medium", Modified: day, ModifiedBy: "admin", Members: []string{}}
	for _, m := range members {
		g.Members = append(g.Members, strconv.Itoa(m))
	}
	return g
}

// headquarters is the QUX brain of the story.
func headquarters() Estate {
	score := hostNamed(1970, "srv-web-07", "10.20.30.70")
	score.Threat, score.Certainty = 92, 88
	database := hostNamed(97, "srv-db-01", "10.20.10.5", "vectra_host_block")
	database.KeyAsset = true
	tunnel := Tunnel(2589, 1970, blockedIP, "c2.example.org")
	tunnel.Tags = []string{"block"}
	spared := Tunnel(2594, 1972, "185.199.109.153", "cdn.example.org")
	spared.Tags = []string{"do not unblock"}
	triaged := Tunnel(2593, 1970, "185.199.110.153", "backup.example.org")
	triaged.TriageRuleID = 12
	return Estate{
		Hosts: []Host{
			database,
			hostNamed(1969, "ws-fin-042", "10.20.30.42", "SOC", "vectra_host_block"),
			score,
			hostNamed(1971, "ws-lab-003", "10.20.31.3"),
			hostNamed(1972, "ws-hr-011", "10.20.32.11", "not_vectra_host_block"),
			hostNamed(1973, "ws-old-001", "10.20.33.1", "VAR Host Blocked ", "var host blocked"),
			hostNamed(1974, "ws-dev-006", "fd12:3456:789a::6", "vectra_host_block"),
		},
		Accounts: []Account{
			accountNamed(149, "jdoe@example.net", "jdoe", "vectra_account_block"),
			accountNamed(150, "svc-backup@example.net", "svc-backup"),
		},
		Detections: []Detection{
			tunnel, SignOn(2590, 149, "185.199.111.153"), PortSweep(2591, 1969, "10.20.10.5", "10.20.10.6"),
			NewHost(2592, 1971), triaged, spared,
		},
		Groups: []Group{hostGroup(7, "Block", 1971), hostGroup(8, "NoBlock", 97)},
	}
}

// cloud is the RUX 3.4 brain of the story: urgency decides there.
func cloud() Estate {
	urgent := hostNamed(334, "ws-remote-09", "10.30.0.9")
	urgent.Urgency, urgent.Threat, urgent.Certainty = 93, 81, 77
	account := accountNamed(334, "O365:asmith@example.net", "asmith")
	account.Urgency, account.AccountType = 60, "o365"
	tunnel := Tunnel(1933, 334, blockedIP, "c2.example.org") // the same destination as at headquarters: two holders
	tunnel.Tags = []string{"block"}
	return Estate{
		Hosts:    []Host{urgent, hostNamed(335, "ws-remote-10", "10.30.0.10")},
		Accounts: []Account{account},
		Detections: []Detection{
			tunnel, SignOn(1934, 334, "185.199.111.154"), NewHost(1935, 335),
		},
		Groups: []Group{hostGroup(1, "Block"), hostGroup(2, "NoBlock")},
	}
}

// branch is the RUX 3.3 brain of the story.
func branch() Estate {
	tunnel := DNSTunnel(501, 12, "tunnel.example.org")
	tunnel.Tags = []string{"block"}
	return Estate{
		Hosts:      []Host{hostNamed(12, "till-012", "10.40.0.12", "vectra_host_block"), hostNamed(13, "till-013", "10.40.0.13")},
		Accounts:   []Account{accountNamed(12, "cashier@example.net", "cashier")},
		Detections: []Detection{tunnel, PortSweep(502, 13, "10.40.0.12")},
		Groups:     []Group{hostGroup(1, "Block"), hostGroup(2, "NoBlock", 13)},
	}
}
