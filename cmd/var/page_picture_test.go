package main_test

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// keepPicture writes a picture of a page into the folder VAR_SCREENSHOTS, where that is set, as "make screenshots" has it.
func keepPicture(t *testing.T, name string, shot []byte) {
	t.Helper()
	whole, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatalf("%s is no picture: %v", name, err)
	}
	folder := os.Getenv("VAR_SCREENSHOTS")
	if folder == "" {
		return
	}
	var small bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&small, withFewColours(whole)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), small.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// withFewColours is a picture in its most frequent colours: of a page of text nobody sees a difference.
func withFewColours(whole image.Image) image.Image {
	counts := map[color.Color]int{}
	area := whole.Bounds()
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			counts[whole.At(x, y)]++
		}
	}
	var palette color.Palette
	for c := range counts {
		palette = append(palette, c)
	}
	slices.SortFunc(palette, func(a, b color.Color) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(shade(a), shade(b)))
	})
	few := image.NewPaletted(area, palette[:min(len(palette), 128)])
	draw.Draw(few, area, whole, area.Min, draw.Src)
	return few
}

// shade puts colours in an order.
func shade(c color.Color) uint64 {
	r, g, b, _ := c.RGBA()
	return uint64(r)<<32 | uint64(g)<<16 | uint64(b)
}
