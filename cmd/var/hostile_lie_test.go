package main_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// listing is a page of a list, as the API of a brain tells it.
type listing struct {
	Count    int              `json:"count"`
	Next     any              `json:"next"`
	Previous any              `json:"previous"`
	Results  []map[string]any `json:"results"`
}

// lists are the kinds of requests that are answered by pages of those who may be held.
var lists = []string{"GET hosts", "GET accounts", "GET detections", "GET entities"}

// inLists lies in every list.
func inLists(change func(*listing)) lie {
	return func(kind string, truth told) told {
		var l listing
		if !slices.Contains(lists, kind) || truth.status != http.StatusOK || json.Unmarshal([]byte(truth.body), &l) != nil {
			return truth
		}
		change(&l)
		return told{http.StatusOK, asText(l)}
	}
}

// insteadOfLists answers every list in the same way.
func insteadOfLists(status int, body string) lie {
	return func(kind string, truth told) told {
		if slices.Contains(lists, kind) {
			return told{status, body}
		}
		return truth
	}
}

// insteadOf answers whatever contains a text.
func insteadOf(kinds string, status int, body string) lie {
	return func(kind string, truth told) told {
		if strings.Contains(kind, kinds) {
			return told{status, body}
		}
		return truth
	}
}

// all tells several lies, one upon the other.
func all(lies ...lie) lie {
	return func(kind string, truth told) told {
		for _, l := range lies {
			truth = l(kind, truth)
		}
		return truth
	}
}

// emptyList is what a brain says that has nothing to list.
const emptyList = `{"count": 0, "next": null, "previous": null, "results": []}`

// nobody is known: not in lists, and not by id.
var nobody = all(
	insteadOfLists(http.StatusOK, emptyList),
	insteadOf("GET one ", http.StatusNotFound, `{"detail": "Not found."}`),
)

// half of every list, which calls itself whole or not.
func half(honest bool) lie {
	return inLists(func(l *listing) {
		l.Results = l.Results[:len(l.Results)/2]
		if honest {
			l.Count = len(l.Results)
		}
	})
}

// counting tells another count than there are rows.
func counting(off int) lie { return inLists(func(l *listing) { l.Count += off }) }

// again tells every row twice.
var again = inLists(func(l *listing) { l.Results = append(l.Results, l.Results...) })

// endlessly each page promises the same one again.
var endlessly = insteadOfLists(http.StatusOK,
	`{"count": 9, "next": "https://brain.example.net/?page=2", "results": [{"id": 91001, "type": "host", "tags": []}]}`)

// without a key in every row, wherever it stands.
func without(keys ...string) lie {
	return inLists(func(l *listing) {
		for _, row := range l.Results {
			for _, key := range keys {
				delete(row, key)
			}
		}
	})
}

// saying something else under a key of every row.
func saying(key string, value any) lie {
	return inLists(func(l *listing) {
		for _, row := range l.Results {
			row[key] = value
		}
	})
}

// everywhere makes a lie about lists one about single objects too.
func everywhere(key string, value any) lie {
	return all(saying(key, value), func(kind string, truth told) told {
		var row map[string]any
		if !strings.HasPrefix(kind, "GET one ") || json.Unmarshal([]byte(truth.body), &row) != nil {
			return truth
		}
		row[key] = value
		return told{truth.status, asText(row)}
	})
}
