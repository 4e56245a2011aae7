// What Go's sumdb/note and sumdb/tlog make of our log. Reads cases as JSON from standard input and prints for each
// whether it holds. Decides nothing: what must hold is asserted by test_go.py. Only Debian's packages, no network.
package main

import (
	"encoding/base64"
	"encoding/binary"
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

const tileHeight = 8

type logCase struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`
	Text   string   `json:"text"`
	Vkey   string   `json:"vkey"`
	Origin string   `json:"origin"`
	Index  int64    `json:"index"`
	Old    int64    `json:"old"`
	Size   int64    `json:"size"`
	Leaf   []byte   `json:"leaf"`
	Root   []byte   `json:"root"`
	Before []byte   `json:"before"`
	Proof  [][]byte `json:"proof"`
	Folder string   `json:"folder"`
}

type verdict struct {
	Name    string `json:"name"`
	Holds   bool   `json:"holds"`
	Why     string `json:"why,omitempty"`
	Checked int    `json:"checked"`
}

// openCheckpoint is the tree that a signed note speaks of: exactly origin, size and root.
func openCheckpoint(text, vkey, origin string) (tlog.Tree, error) {
	var tree tlog.Tree
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != origin || lines[3] != "" {
		return tree, errors.New("not a checkpoint of this log")
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || tree.N < 0 || strconv.FormatInt(tree.N, 10) != lines[1] {
		return tree, errors.New("not a size")
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func asHash(data []byte) (hash tlog.Hash, err error) {
	if len(data) != tlog.HashSize {
		return hash, errors.New("not a hash")
	}
	copy(hash[:], data)
	return hash, nil
}

func asHashes(data [][]byte) (hashes []tlog.Hash, err error) {
	for _, one := range data {
		hash, err := asHash(one)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func checkInclusion(one logCase) error {
	root, err := asHash(one.Root)
	if err != nil {
		return err
	}
	proof, err := asHashes(one.Proof)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, one.Size, root, one.Index, tlog.RecordHash(one.Leaf))
}

func checkConsistency(one logCase) error {
	before, err := asHash(one.Before)
	if err != nil {
		return err
	}
	root, err := asHash(one.Root)
	if err != nil {
		return err
	}
	proof, err := asHashes(one.Proof)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, one.Size, root, one.Old, before)
}

// checkProof reads C2SP tlog-proof: index, hashes, checkpoint.
func checkProof(one logCase) error {
	head, text, found := strings.Cut(one.Text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return errors.New("not a proof")
	}
	tree, err := openCheckpoint(text, one.Vkey, one.Origin)
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(one.Leaf))
}

// folderTiles reads tiles under the names of C2SP tlog-tiles, which leave the height out.
type folderTiles struct {
	root string
	read int
}

func (tiles *folderTiles) Height() int { return tileHeight }

func (tiles *folderTiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (tiles *folderTiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		name := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
		data, err := os.ReadFile(filepath.Join(tiles.root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, errors.New("a tile of another length")
		}
		tiles.read++
		all = append(all, data)
	}
	return all, nil
}

// readLeaves reads the entry bundles of a tree of size leaves.
func readLeaves(root string, size int64) ([][]byte, error) {
	var leaves [][]byte
	for first := int64(0); first < size; first += 1 << tileHeight {
		tile := tlog.Tile{H: tileHeight, L: 0, N: first >> tileHeight, W: 1 << tileHeight}
		if size-first < 1<<tileHeight {
			tile.W = int(size - first)
		}
		name := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/0/", tileHeight), "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		for count := 0; count < tile.W; count++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, errors.New("a bundle that is cut off")
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			leaves = append(leaves, data[2:end])
			data = data[end:]
		}
		if len(data) != 0 {
			return nil, errors.New("a bundle that is too long")
		}
	}
	return leaves, nil
}

// checkLog authenticates every tile against the checkpoint, and every leaf against the tiles; then proves each leaf.
func checkLog(one logCase) (int, error) {
	text, err := os.ReadFile(filepath.Join(one.Folder, "checkpoint"))
	if err != nil {
		return 0, err
	}
	tree, err := openCheckpoint(string(text), one.Vkey, one.Origin)
	if err != nil {
		return 0, err
	}
	tiles := &folderTiles{root: one.Folder}
	reader := tlog.TileHashReader(tree, tiles)
	leaves, err := readLeaves(one.Folder, tree.N)
	if err != nil {
		return 0, err
	}
	for index, leaf := range leaves {
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(index))})
		if err != nil {
			return 0, err
		}
		if hashes[0] != tlog.RecordHash(leaf) {
			return 0, fmt.Errorf("leaf %d is another", index)
		}
		proof, err := tlog.ProveRecord(tree.N, int64(index), reader)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(index), tlog.RecordHash(leaf)); err != nil {
			return 0, err
		}
	}
	for size := int64(1); size <= tree.N; size++ {
		hash, err := tlog.TreeHash(size, reader)
		if err != nil {
			return 0, err
		}
		proof, err := tlog.ProveTree(tree.N, size, reader)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, hash); err != nil {
			return 0, err
		}
	}
	return len(leaves), nil
}

func check(one logCase) (checked int, err error) {
	defer func() { // sumdb/tlog panics on sizes it never expects
		if found := recover(); found != nil {
			err = fmt.Errorf("%v", found)
		}
	}()
	switch one.Kind {
	case "checkpoint":
		_, err = openCheckpoint(one.Text, one.Vkey, one.Origin)
	case "inclusion":
		err = checkInclusion(one)
	case "consistency":
		err = checkConsistency(one)
	case "proof":
		err = checkProof(one)
	case "log":
		return checkLog(one)
	default:
		err = errors.New("no such kind of case: " + base64.StdEncoding.EncodeToString([]byte(one.Kind)))
	}
	return 1, err
}

func main() {
	var cases []logCase
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	verdicts := make([]verdict, 0, len(cases))
	for _, one := range cases {
		checked, err := check(one)
		found := verdict{Name: one.Name, Holds: err == nil, Checked: checked}
		if err != nil {
			found.Why = err.Error()
		}
		verdicts = append(verdicts, found)
	}
	if err := json.NewEncoder(os.Stdout).Encode(verdicts); err != nil {
		os.Exit(1)
	}
}
