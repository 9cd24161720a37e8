package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// chart is a picture of lines over logarithmic axes.
type chart struct {
	title, unit string
	lines       []line
}

type line struct {
	name string
	x, y []float64
}

func (c *chart) add(name string, x, y float64) {
	i := slices.IndexFunc(c.lines, func(l line) bool { return l.name == name })
	if i < 0 {
		i = len(c.lines)
		c.lines = append(c.lines, line{name: name})
	}
	l := &c.lines[i]
	l.x, l.y = append(l.x, x), append(l.y, y)
}

// Size of a chart and of what is around its field, in pixels.
const (
	chartWidth, chartHeight = 460, 320
	left, right, top, foot  = 60, 100, 40, 40
)

var colours = []string{"#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#b9770e"}

// draw puts charts side by side.
func draw(charts ...chart) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n",
		chartWidth*len(charts), chartHeight)
	b.WriteString(`<rect width="100%" height="100%" fill="white"/>` + "\n")
	for i, c := range charts {
		fmt.Fprintf(&b, `<g transform="translate(%d 0)">`+"\n", i*chartWidth)
		c.draw(&b)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func (c chart) draw(b *strings.Builder) {
	x := c.axis(func(l line) []float64 { return l.x }, left, chartWidth-right)
	y := c.axis(func(l line) []float64 { return l.y }, chartHeight-foot, top)
	text(b, left, 20, "start", c.title+", "+c.unit)
	for _, v := range x.marks() {
		fmt.Fprintf(b, `<path d="M%.1f %d V%d" stroke="#ddd"/>`+"\n", x.at(v), top, chartHeight-foot)
		text(b, x.at(v), chartHeight-foot+18, "middle", number(v))
	}
	text(b, (left+chartWidth-right)/2, chartHeight-6, "middle", "held")
	for _, v := range y.marks() {
		fmt.Fprintf(b, `<path d="M%d %.1f H%d" stroke="#ddd"/>`+"\n", left, y.at(v), chartWidth-right)
		text(b, left-6, y.at(v)+4, "end", number(v))
	}
	for i, l := range c.lines {
		colour := colours[i%len(colours)]
		l.draw(b, x, y, colour)
		fmt.Fprintf(b, `<text x="%d" y="%d" fill="%s">%s %s</text>`+"\n", chartWidth-right+8, top+10+16*i, colour, l.name, number(l.y[len(l.y)-1]))
	}
}

func (l line) draw(b *strings.Builder, x, y axis, colour string) {
	var points []string
	for i := range l.x {
		points = append(points, fmt.Sprintf("%.1f,%.1f", x.at(l.x[i]), y.at(l.y[i])))
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", x.at(l.x[i]), y.at(l.y[i]), colour)
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.5"/>`+"\n", strings.Join(points, " "), colour)
}

func text(b *strings.Builder, x, y float64, anchor, what string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="#333">%s</text>`+"\n", x, y, anchor, what)
}

func number(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// axis maps values between two powers of ten to pixels.
type axis struct{ low, high, from, to float64 }

// axis spans all values of the lines with whole powers of ten.
func (c chart) axis(values func(line) []float64, from, to float64) axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, l := range c.lines {
		for _, v := range values(l) {
			low, high = min(low, math.Log10(v)), max(high, math.Log10(v))
		}
	}
	if low > high {
		low, high = 0, 1
	}
	low, high = math.Floor(low), math.Ceil(high)
	return axis{low, max(high, low+1), from, to}
}

func (a axis) at(v float64) float64 {
	return a.from + (math.Log10(v)-a.low)/(a.high-a.low)*(a.to-a.from)
}

// marks are the powers of ten.
func (a axis) marks() []float64 {
	var all []float64
	for e := a.low; e <= a.high; e++ {
		all = append(all, math.Pow(10, e))
	}
	return all
}
