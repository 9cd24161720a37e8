package lab

import "slices"

// brainRoutes is the API of both families: each operation with the first minor version that has it.
var brainRoutes = slices.Concat(
	[]brainRoute{
		{kind: "GET hosts", method: "GET", path: "hosts", qux: 0, rux: 3, serve: hostList.serve},
		{kind: "GET one host", method: "GET", path: "hosts/#", qux: 0, rux: 3, serve: serveHost},
		{kind: "PATCH one host", method: "PATCH", path: "hosts/#", qux: 0, rux: 3, writes: true, serve: patchHost},
		{kind: "GET accounts", method: "GET", path: "accounts", qux: 1, rux: 0, serve: accountList.serve},
		{kind: "GET one account", method: "GET", path: "accounts/#", qux: 2, rux: 0, serve: serveAccount},
		{kind: "GET detections", method: "GET", path: "detections", qux: 0, rux: 0, serve: detectionList.serve},
		{kind: "GET one detection", method: "GET", path: "detections/#", qux: 0, rux: 0, serve: serveDetection},
		{kind: "PATCH detections", method: "PATCH", path: "detections", qux: 0, rux: 0, writes: true, serve: patchDetections},
		{kind: "PATCH one detection", method: "PATCH", path: "detections/#", qux: 0, rux: never, writes: true, serve: patchDetection},
		{kind: "GET entities", method: "GET", path: "entities", qux: never, rux: 1, serve: entityList.serve},
		{kind: "GET one entity", method: "GET", path: "entities/#", qux: never, rux: 1, serve: serveEntity},
		{kind: "GET groups", method: "GET", path: "groups", qux: 0, rux: 2, serve: serveGroups},
		{kind: "POST group", method: "POST", path: "groups", qux: 0, rux: 2, writes: true, serve: createGroup},
		{kind: "GET one group", method: "GET", path: "groups/#", qux: 0, rux: 2, serve: serveGroup},
		{kind: "PATCH one group", method: "PATCH", path: "groups/#", qux: 0, rux: 2, writes: true, serve: patchGroup},
		{kind: "DELETE one group", method: "DELETE", path: "groups/#", qux: 0, rux: 2, writes: true, serve: deleteGroup},
		{kind: "GET members", method: "GET", path: "groups/#/members", qux: 5, rux: 4, serve: serveMembers},
		{kind: "GET search hosts", method: "GET", path: "search/hosts", qux: 0, rux: never, serve: searchHosts},
		{kind: "GET search accounts", method: "GET", path: "search/accounts", qux: 1, rux: never, serve: searchAccounts},
		{kind: "GET search detections", method: "GET", path: "search/detections", qux: 0, rux: never, serve: searchDetections},
		{kind: "GET events entity_scoring", method: "GET", path: "events/entity_scoring", qux: never, rux: 1, serve: entityScoring},
		{kind: "GET events detections", method: "GET", path: "events/detections", qux: never, rux: 3, serve: detectionEvents},
	},
	tagRoutes("host", 0, 3, 0),
	tagRoutes("account", 1, 0, 1),
	tagRoutes("detection", 0, 0, 0),
	tagRoutes("entity", never, 3, never),
	noteRoutes("host", "hosts", 2, 3),
	noteRoutes("account", "accounts", 2, 0),
	noteRoutes("detection", "detections", 2, 0),
	noteRoutes("entity", "entities", never, 3),
)

// tagRoutes: bulk is the first QUX version with tagging of many; RUX has none.
func tagRoutes(kind string, qux, rux, bulk int) []brainRoute {
	many, one := "tagging/"+kind, "tagging/"+kind+"/#"
	return []brainRoute{
		{kind: "GET tags of " + kind, method: "GET", path: one, qux: qux, rux: rux, serve: getTags(kind)},
		{kind: "PATCH tags of " + kind, method: "PATCH", path: one, qux: qux, rux: rux, writes: true, serve: patchTags(kind)},
		{kind: "POST tag on " + kind, method: "POST", path: many, qux: bulk, rux: never, writes: true, serve: bulkTag(kind, true)},
		{kind: "DELETE tag on " + kind, method: "DELETE", path: many, qux: bulk, rux: never, writes: true, serve: bulkTag(kind, false)},
	}
}

func noteRoutes(kind, plural string, qux, rux int) []brainRoute {
	many, one := plural+"/#/notes", plural+"/#/notes/#"
	return []brainRoute{
		{kind: "GET notes of " + kind, method: "GET", path: many, qux: qux, rux: rux, serve: getNotes(kind)},
		{kind: "POST note on " + kind, method: "POST", path: many, qux: qux, rux: rux, writes: true, serve: createNote(kind)},
		{kind: "GET note of " + kind, method: "GET", path: one, qux: qux, rux: rux, serve: oneNote(kind, getNote)},
		{kind: "PATCH note of " + kind, method: "PATCH", path: one, qux: qux, rux: rux, writes: true, serve: oneNote(kind, patchNote)},
		{kind: "DELETE note of " + kind, method: "DELETE", path: one, qux: qux, rux: rux, writes: true, serve: oneNote(kind, deleteNote)},
	}
}
