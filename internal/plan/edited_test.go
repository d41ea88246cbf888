package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPostedPartsKeepTheirFiles: a carousel is edited while its thread is half posted. The files of
// the posted parts are not grouped again, and each of the others arrives once.
func TestPostedPartsKeepTheirFiles(t *testing.T) {
	children := func(ids ...string) (files []File) {
		for _, id := range ids {
			files = append(files, File{MediaID: id, Kind: Photo, URL: "https://example.com/" + id})
		}
		return files
	}
	four := []string{"1", "2", "3", "4"}
	for _, tt := range []struct {
		name  string
		files []File
		known Known
		want  [][]string
	}{
		{"nothing posted", children("1", "2", "3", "4", "5"), Known{}, [][]string{four, {"5"}}},
		{"unchanged", children("1", "2", "3", "4", "5"), Known{Posted: 1, OnX: four},
			[][]string{four, {"5"}}},
		{"one taken out of the posted part", children("2", "3", "4", "5", "6"),
			Known{Posted: 1, OnX: four}, [][]string{{"2", "3", "4"}, {"5", "6"}}},
		{"all of the posted part taken out", children("5", "6"), Known{Posted: 1, OnX: four},
			[][]string{nil, {"5", "6"}}},
		{"one put in front", children("0", "1", "2", "3", "4"), Known{Posted: 1, OnX: four},
			[][]string{four, {"0"}}},
		{"by an older version", children("1", "2", "3", "4", "5"), Known{Posted: 1},
			[][]string{four, {"5"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got [][]string
			for _, g := range groupLeft(tt.files, tt.known) {
				var ids []string
				for _, f := range g {
					ids = append(ids, f.MediaID)
				}
				got = append(got, ids)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
