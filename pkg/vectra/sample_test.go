package vectra

import (
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// Rows as brains of the field send them, with everything that a client leaves aside.
const (
	sampleHost = `{"id":%[1]d,"name":"ws-fin-%06[1]d","active_traffic":true,"has_active_traffic":true,"t_score":81,"threat":81,"c_score":77,"certainty":77,` +
		`"severity":"critical","last_source":"10.20.30.42","ip":"10.20.30.42","previous_ips":["10.20.31.17"],"last_detection_timestamp":"2025-03-11T02:41:22Z",` +
		`"key_asset":false,"is_key_asset":false,"targets_key_asset":false,"is_targeting_key_asset":false,"state":"active",` +
		`"detection_set":["https://brain.example.net/api/v2.5/detections/13893"],"host_artifact_set":[` +
		`{"type":"mac","value":"00:11:22:33:44:55","vendor":"Example Corp","source":null,"siem":false},` +
		`{"type":"kerberos","value":"ws-fin-%06[1]d","source":null,"siem":false},` +
		`{"type":"dns","value":"ws-fin-%06[1]d.example.net","source":null,"siem":false}],` +
		`"sensor":"eti2pc2s","sensor_name":"sensor-hq","tags":["vectra_host_block","VAR Host Blocked","VAR ID:Fortinet Client:10.20.30.42"],"note":"VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on edge: tag vectra_host_block",` +
		`"notes":[{"id":698,"date_created":"2025-03-10T07:06:10Z","date_modified":null,"created_by":"soc","modified_by":null,"note":"VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on edge: tag vectra_host_block"}],` +
		`"note_modified_by":"soc","note_modified_timestamp":"2025-03-10T07:06:10Z","url":"https://brain.example.net/api/v2.5/hosts/%[1]d",` +
		`"host_url":"https://brain.example.net/api/v2.5/hosts/%[1]d","last_modified":"2025-03-10T07:06:24Z","assigned_to":null,"assigned_date":null,` +
		`"assignment":null,"past_assignments":[],"groups":[{"id":144,"name":"Clients","description":"","type":"host","last_modified":"2025-01-27T12:05:24Z","last_modified_by":"admin"}],` +
		`"has_custom_model":false,"privilege_level":1,"privilege_category":"Low","probable_owner":"jdoe@example.net","detection_profile":"External Adversary",` +
		`"host_session_luids":["1bdET8xa"],"host_luid":"8evbnnmt"}`
	sampleAccount = `{"id":%[1]d,"url":"https://brain.example.net/api/v2.5/accounts/%[1]d","name":"jdoe%06[1]d@example.net","display_name":"jdoe%06[1]d@example.net",` +
		`"subaccounts":["jdoe@example.net"],"associated_accounts":["O365:jdoe@example.net"],"state":"active","threat":62,"certainty":58,"severity":"High",` +
		`"account_type":["kerberos"],"tags":["vectra_account_block"],"note":null,"notes":[],"note_modified_by":null,"note_modified_timestamp":null,"privilege_level":4,` +
		`"privilege_category":"Medium","last_detection_timestamp":"2025-03-10T16:12:38Z","detection_set":["https://brain.example.net/api/v2.5/detections/14153"],` +
		`"probable_home":null,"assignment":null,"past_assignments":[],"sensors":["eti2pc2s"],"host_access_history":[{"id":814,"name":"ws-fin-042","privilege":null,` +
		`"privilege_category":null,"last_seen":"2025-03-10T09:24:50Z"}],"service_access_history":[{"id":5,"uid":"ldap/dc01.example.net@EXAMPLE.NET","privilege":null,` +
		`"privilege_category":null,"last_seen":"2025-03-10T09:24:50Z"}],"detection_summaries":[]}`
	sampleDetection = `{"id":%[1]d,"url":"https://brain.example.net/api/v2.5/detections/%[1]d","detection_url":"https://brain.example.net/api/v2.5/detections/%[1]d",` +
		`"category":"COMMAND & CONTROL","detection":"Hidden HTTPS Tunnel","detection_category":"COMMAND & CONTROL","detection_type":"Hidden HTTPS Tunnel",` +
		`"custom_detection":null,"description":null,"src_ip":"10.20.30.42","state":"active","t_score":60,"c_score":72,"threat":60,"certainty":72,` +
		`"created_timestamp":"2025-03-11T00:20:39Z","first_timestamp":"2025-03-11T00:01:01Z","last_timestamp":"2025-03-11T00:11:46Z","targets_key_asset":false,` +
		`"is_targeting_key_asset":false,"src_account":null,"src_host":{"id":%[1]d,"ip":"10.20.30.42","name":"ws-fin-042","url":"https://brain.example.net/api/v2.5/hosts/1969",` +
		`"is_key_asset":false,"groups":[{"id":144,"name":"Clients","description":"","type":"host","last_modified":"2025-01-27T12:05:24Z","last_modified_by":"admin"}],` +
		`"threat":81,"certainty":77},"note":null,"notes":[],"note_modified_by":null,"note_modified_timestamp":null,"sensor":"eti2pc2s","sensor_name":"sensor-hq","tags":["block"],` +
		`"triage_rule_id":null,"assigned_to":null,"assigned_date":null,"groups":[],"is_marked_custom":false,"is_custom_model":false,"filtered_by_ai":false,` +
		`"filtered_by_user":false,"filtered_by_rule":false,"summary":{"dst_ips":["185.199.0.77"],"num_sessions":123,"bytes_sent":29616,"bytes_received":655540,` +
		`"description":"This host communicated with an external destination using HTTPS where another protocol was running over the top of the session."},` +
		`"grouped_details":[{"external_target":{"ip":"185.199.0.77","name":"c2.example.org"},"num_sessions":123,"bytes_received":655540,"bytes_sent":29616,` +
		`"ja3_hashes":["00000000000000000000000000000001"],"ja3s_hashes":[],"sessions":[{"tunnel_type":"Multiple short TCP sessions","protocol":"tcp","app_protocol":"https",` +
		`"dst_port":443,"dst_ip":"185.199.0.77","bytes_received":655540,"bytes_sent":29616,"first_timestamp":"2025-03-11T00:01:01Z","last_timestamp":"2025-03-11T00:11:46Z",` +
		`"dst_geo":null,"dst_geo_lat":null,"dst_geo_lon":null}],"first_timestamp":"2025-03-11T00:01:01Z","last_timestamp":"2025-03-11T00:11:46Z",` +
		`"dst_ips":["185.199.0.77"],"dst_ports":[443],"target_domains":["c2.example.org"]}],"campaign_summaries":[],"is_triaged":false}`
)

var samples = map[entity.Kind]string{
	entity.KindHost: sampleHost, entity.KindAccount: sampleAccount, entity.KindDetection: sampleDetection,
}

// samplePage is a page of n different rows.
func samplePage(kind entity.Kind, n int) []byte {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(samples[kind], i+1)
	}
	return fmt.Appendf(nil, `{"count":%d,"next":null,"previous":null,"results":[%s]}`, n, strings.Join(rows, ","))
}
