package lab

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// transactionIdle is how long a batch transaction waits for its next request.
const transactionIdle = 5 * time.Minute

// fortiTransaction is a batch of changes that is carried out as a whole or not at all.
type fortiTransaction struct {
	id       string
	vdom     string
	timeout  time.Duration
	last     time.Time
	requests []*fortiRequest
}

// transactions answers POST /api/v2/cmdb?action=transaction-… (fortios-api.md, section 6).
func (f *FortiGate) transactions(q *fortiRequest) fortiAnswer {
	name := q.vdoms(f.order)[0]
	v := f.vdoms[name]
	if v == nil {
		return f.refuseVDOM(q)
	}
	if q.method == http.MethodPost && q.query.Get("action") == "transaction-start" {
		return f.startTransaction(v, q)
	}
	f.expireTransactions()
	if q.query.Get("action") == "transaction-list" {
		return f.transactionAnswer(v, q, map[string]any{"transactions": sortedKeys(f.pending)})
	}
	tx := f.pending[q.transaction]
	if tx == nil {
		e := f.failed(v, q, noSuchEntry(q.transaction))
		return jsonAnswer(e.HTTPStatus, e)
	}
	return f.endTransaction(v, q, tx)
}

func (f *FortiGate) startTransaction(v *fortiVDOM, q *fortiRequest) fortiAnswer {
	f.serials++
	tx := &fortiTransaction{id: strconv.Itoa(f.serials), vdom: v.name, timeout: transactionIdle, last: f.now()}
	if seconds, err := strconv.Atoi(asText(q.body["timeout"])); err == nil && seconds > 0 {
		tx.timeout = time.Duration(seconds) * time.Second
	}
	f.pending[tx.id] = tx
	return f.transactionAnswer(v, q, map[string]any{"transaction-id": f.serials})
}

func (f *FortiGate) endTransaction(v *fortiVDOM, q *fortiRequest, tx *fortiTransaction) fortiAnswer {
	switch q.query.Get("action") {
	case "transaction-show":
		shown := make([]string, len(tx.requests))
		for i, r := range tx.requests {
			shown[i] = r.method + " " + r.table()
		}
		return f.transactionAnswer(v, q, map[string]any{"commands": shown})
	case "transaction-abort":
		delete(f.pending, tx.id)
		return f.transactionAnswer(v, q, map[string]any{})
	case "transaction-commit":
		delete(f.pending, tx.id)
		return f.commit(v, q, tx)
	}
	e := f.failed(v, q, &fortiError{status: http.StatusBadRequest})
	return jsonAnswer(e.HTTPStatus, e)
}

// commit tries the batch on a copy, and keeps the copy when every request succeeded.
func (f *FortiGate) commit(v *fortiVDOM, q *fortiRequest, tx *fortiTransaction) fortiAnswer {
	trial := f.vdoms[tx.vdom].clone()
	for _, r := range tx.requests {
		if e := f.config(trial, r); e.Status != "success" {
			return jsonAnswer(e.HTTPStatus, e)
		}
	}
	f.vdoms[tx.vdom] = trial
	return f.transactionAnswer(v, q, map[string]any{})
}

func (f *FortiGate) transactionAnswer(v *fortiVDOM, q *fortiRequest, results any) fortiAnswer {
	e := f.envelope(v, q)
	e.Action, e.Results = q.query.Get("action"), results
	return jsonAnswer(http.StatusOK, e)
}

// inTransaction reads at once, and keeps what writes until the commit.
func (f *FortiGate) inTransaction(v *fortiVDOM, q *fortiRequest) fortiEnvelope {
	f.expireTransactions()
	tx := f.pending[q.transaction]
	if tx == nil || tx.vdom != v.name {
		return f.failed(v, q, &fortiError{status: http.StatusFailedDependency, cli: "no such transaction"})
	}
	tx.last = f.now()
	if !q.writes() {
		return f.config(v, q)
	}
	tx.requests = append(tx.requests, q)
	e := f.envelope(v, q)
	e.RevisionChanged = new(bool)
	return e
}

func (f *FortiGate) expireTransactions() {
	for id, tx := range f.pending {
		if f.now().Sub(tx.last) > tx.timeout {
			delete(f.pending, id)
		}
	}
}

// clone copies the configuration; rows are never changed in place, so they are shared.
func (v *fortiVDOM) clone() *fortiVDOM {
	out := newFortiVDOM(v.name)
	out.feeds, out.bans, out.serial = v.feeds, slices.Clone(v.bans), v.serial
	for name, t := range v.tables {
		for key := range t.keys() {
			out.put(out.tables[name], key, t.rows[key])
		}
	}
	return out
}
