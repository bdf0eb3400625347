// Tlogcheck checks what an installation of Letopis has signed, with the note and tlog packages of the Go project
// (golang.org/x/mod/sumdb) and nothing of Letopis. It trusts one thing: the vkey that it is given.
//
//	tlogcheck package <unpacked package> <vkey>
//	tlogcheck proof <file.tlog-proof> <record> <vkey>
//	tlogcheck consistency <older checkpoint> <newer checkpoint> <proof.json> <vkey>
//
// Exit code 0: verified; 1: not; 2: called wrongly.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	var err error
	switch args := os.Args[1:]; {
	case len(args) == 3 && args[0] == "package":
		err = checkPackage(args[1], args[2])
	case len(args) == 4 && args[0] == "proof":
		err = checkProof(args[1], args[2], args[3])
	case len(args) == 5 && args[0] == "consistency":
		err = checkConsistency(args[1], args[2], args[3], args[4])
	default:
		fmt.Fprintln(os.Stderr, "tlogcheck package|proof|consistency …")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "NOT VERIFIED:", err)
		os.Exit(1)
	}
}

// opened is the text of a note that the key has signed.
func opened(signed []byte, vkey string) (string, string, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return "", "", err
	}
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return "", "", err
	}
	return n.Text, verifier.Name(), nil
}

// tree reads a checkpoint: origin, size and root, under the signature of the log of that origin.
func tree(signed []byte, vkey string) (tlog.Tree, error) {
	text, name, err := opened(signed, vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] != name {
		return tlog.Tree{}, errors.New("no checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// files reads tiles from a folder by the paths of C2SP tlog-tiles, which leave out the height.
type files struct{ folder string }

func (f files) Height() int { return 8 }

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(f.folder, path))
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

// included makes a proof from tiles, which nobody has to believe, and verifies the proof against the signed root.
func included(t tlog.Tree, tiles tlog.TileReader, place int64, record []byte) error {
	proof, err := tlog.ProveRecord(t.N, place, tlog.TileHashReader(t, tiles))
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, t.N, t.Hash, place, tlog.RecordHash(record))
}

func checkPackage(folder, vkey string) error {
	read := func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(folder, name)) }
	signed, err := read("snapshot.note")
	if err != nil {
		return err
	}
	text, _, err := opened(signed, vkey)
	if err != nil {
		return fmt.Errorf("snapshot.note: %w", err)
	}
	manifest, err := read("tagmanifest-sha512.txt")
	if err != nil {
		return err
	}
	digest := sha512.Sum512(manifest)
	if !strings.Contains(text, "\ntagmanifest-sha512 "+hex.EncodeToString(digest[:])+"\n") {
		return errors.New("tagmanifest-sha512.txt is not the signed one")
	}
	checkpoint, err := read("data/log/checkpoint")
	if err != nil {
		return err
	}
	t, err := tree(checkpoint, vkey)
	if err != nil {
		return fmt.Errorf("data/log/checkpoint: %w", err)
	}
	if !strings.Contains(text, fmt.Sprintf("\ncheckpoint %d %s\n", t.N, t.Hash)) {
		return errors.New("the package names another checkpoint")
	}
	count := 0
	for _, pair := range [][2]string{{"events.ndjson", "index.txt"}, {"sealed.ndjson", "sealed-index.txt"}} {
		records, err := lines(filepath.Join(folder, "data/log", pair[0]))
		if err != nil {
			return err
		}
		places, err := lines(filepath.Join(folder, "data/log", pair[1]))
		if err != nil {
			return err
		}
		if len(records) != len(places) {
			return fmt.Errorf("%s and %s differ in length", pair[0], pair[1])
		}
		for i, record := range records {
			place, err := strconv.ParseInt(string(places[i]), 10, 64)
			if err != nil {
				return err
			}
			if err := included(t, files{filepath.Join(folder, "data/log")}, place, record); err != nil {
				return fmt.Errorf("%s, line %d, leaf %d: %w", pair[0], i+1, place, err)
			}
		}
		count += len(records)
	}
	fmt.Printf("verified: %d records in the tree of %d\n", count, t.N)
	return nil
}

func lines(path string) ([][]byte, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	scanner := bufio.NewScanner(bytes.NewReader(file))
	scanner.Buffer(nil, 1<<17)
	var found [][]byte
	for scanner.Scan() {
		found = append(found, append([]byte(nil), scanner.Bytes()...))
	}
	return found, scanner.Err()
}

// checkProof reads C2SP tlog-proof: first line, place, hashes, an empty line, the checkpoint.
func checkProof(file, recordFile, vkey string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	record, err := os.ReadFile(recordFile)
	if err != nil {
		return err
	}
	head, checkpoint, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no proof")
	}
	place, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	proof, err := hashes(lines[2:])
	if err != nil {
		return err
	}
	t, err := tree([]byte(checkpoint), vkey)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, t.N, t.Hash, place, tlog.RecordHash(record)); err != nil {
		return err
	}
	fmt.Printf("verified: leaf %d of %d\n", place, t.N)
	return nil
}

func checkConsistency(older, newer, proofFile, vkey string) error {
	trees := make([]tlog.Tree, 2)
	for i, file := range []string{older, newer} {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if trees[i], err = tree(data, vkey); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	data, err := os.ReadFile(proofFile)
	if err != nil {
		return err
	}
	var said struct{ Proof []string }
	if err := json.Unmarshal(data, &said); err != nil {
		return err
	}
	proof, err := hashes(said.Proof)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, trees[1].N, trees[1].Hash, trees[0].N, trees[0].Hash); err != nil {
		return err
	}
	fmt.Printf("verified: %d goes on from %d\n", trees[1].N, trees[0].N)
	return nil
}

func hashes(texts []string) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(data) != tlog.HashSize {
			return nil, fmt.Errorf("no hash: %q", text)
		}
		copy(found[i][:], data)
	}
	return found, nil
}
