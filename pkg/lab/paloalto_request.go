package lab

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

const (
	// panQueryLimit is the longest request line of a GET, panBodyLimit the largest body of a POST, in bytes.
	panQueryLimit = 2 << 10
	panBodyLimit  = 5 << 20
)

// panRequest is a call of the XML API, whichever way its parameters came.
type panRequest struct {
	form    url.Values
	kind    string // parameter type
	key     string
	command string // the XML: parameter cmd, or a file
	// root is the command when it was taken apart, and malformed why it could not be.
	root      panNode
	malformed error
}

// panParsed is where a request keeps how it was read, for it is asked twice: what it is, and what it does.
type panParsed struct{}

type panReading struct {
	request *panRequest
	refused *panAnswer
}

// readPanRequest takes a request apart once.
func readPanRequest(r *http.Request) (*panRequest, *panAnswer) {
	if known, ok := r.Context().Value(panParsed{}).(panReading); ok {
		return known.request, known.refused
	}
	q, refused := parsePanRequest(r)
	if q != nil && (q.kind == "user-id" || q.kind == "op") {
		q.root, q.malformed = parsePanXML(q.command)
	}
	*r = *r.WithContext(context.WithValue(r.Context(), panParsed{}, panReading{q, refused}))
	return q, refused
}

func parsePanRequest(r *http.Request) (*panRequest, *panAnswer) {
	if path := strings.TrimRight(r.URL.Path, "/"); path != "/api" {
		return nil, panRefused(panPage(http.StatusNotFound))
	}
	if len(r.URL.RequestURI()) > panQueryLimit {
		return nil, panRefused(panPage(http.StatusRequestURITooLong))
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, panBodyLimit+1))
	if err != nil || len(raw) > panBodyLimit {
		return nil, panRefused(panPage(http.StatusRequestEntityTooLarge))
	}
	q := &panRequest{form: r.URL.Query()}
	if err := q.readBody(r.Header.Get("Content-Type"), raw); err != nil {
		return nil, panRefused(panPage(http.StatusBadRequest))
	}
	q.kind = q.form.Get("type")
	q.key = r.Header.Get("X-PAN-KEY")
	if q.key == "" {
		q.key = q.form.Get("key")
	}
	if q.command == "" {
		q.command = q.form.Get("cmd")
	}
	return q, nil
}

func (q *panRequest) readBody(contentType string, raw []byte) error {
	if strings.HasPrefix(contentType, "multipart/") {
		return q.readParts(contentType, raw)
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return err
	}
	q.merge(form)
	return nil
}

func (q *panRequest) readParts(contentType string, raw []byte) error {
	_, boundary, ok := strings.Cut(contentType, "boundary=")
	if !ok {
		return errors.New("no boundary")
	}
	boundary, _, _ = strings.Cut(boundary, ";")
	form, err := multipart.NewReader(strings.NewReader(string(raw)), strings.Trim(boundary, `"`)).ReadForm(panBodyLimit)
	if err != nil {
		return err
	}
	defer func() { _ = form.RemoveAll() }() // everything fits into memory, nothing is on disk
	q.merge(form.Value)
	for _, files := range form.File {
		if q.command, err = readPart(files[0]); err != nil {
			return err
		}
	}
	return nil
}

func readPart(h *multipart.FileHeader) (string, error) {
	f, err := h.Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(f)
	return string(raw), err
}

func (q *panRequest) merge(form url.Values) {
	for name, values := range form {
		if name == "file" && len(values) > 0 {
			q.command = values[0]
		}
		q.form[name] = append(values, q.form[name]...)
	}
}

// panNode is an element of a command.
type panNode struct {
	XMLName  xml.Name
	Attrs    []xml.Attr
	Text     string
	Children []panNode
}

var (
	errTrailing = errors.New("something follows the command")
	errTooDeep  = errors.New("elements lie too deep in each other")
)

// maxPanDepth is far beyond what any command needs.
const maxPanDepth = 100

// parsePanXML reads one element with nothing behind it.
func parsePanXML(text string) (panNode, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	var root panNode
	for {
		token, err := d.Token()
		if err != nil {
			return root, err
		}
		if start, ok := token.(xml.StartElement); ok {
			if root, err = readPanNode(d, start, 0); err != nil {
				return root, err
			}
			return root, nothingBehind(d)
		}
	}
}

// readPanNode reads what is between a start and its end. Messages have thousands of entries, which xml.Unmarshal
// takes several times as long for.
func readPanNode(d *xml.Decoder, start xml.StartElement, depth int) (panNode, error) {
	if depth > maxPanDepth {
		return panNode{}, errTooDeep
	}
	n := panNode{XMLName: start.Name, Attrs: start.Copy().Attr}
	for {
		token, err := d.Token()
		if err != nil {
			return n, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			child, err := readPanNode(d, t, depth+1)
			if err != nil {
				return n, err
			}
			n.Children = append(n.Children, child)
		case xml.CharData:
			n.Text += string(t)
		case xml.EndElement:
			return n, nil
		}
	}
}

func nothingBehind(d *xml.Decoder) error {
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if data, ok := token.(xml.CharData); !ok || strings.TrimSpace(string(data)) != "" {
			return errTrailing
		}
	}
}

// child is the first element of that name, an empty one when there is none.
func (n *panNode) child(name string) *panNode {
	for i := range n.Children {
		if n.Children[i].XMLName.Local == name {
			return &n.Children[i]
		}
	}
	return &panNode{}
}

func (n *panNode) has(name string) bool { return n.child(name).XMLName.Local != "" }

// path follows children by name.
func (n *panNode) path(names ...string) *panNode {
	for _, name := range names {
		n = n.child(name)
	}
	return n
}

func (n *panNode) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n *panNode) text() string { return strings.TrimSpace(n.Text) }
