package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
)

// maxBody bounds, in bytes, what PUT /items/{id} reads.
const maxBody = 4 << 10

// item is an item of the API.
type item struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// items is the data behind one API: up to nine items.
type items struct {
	mu   sync.Mutex
	list []item // in the order of their IDs
}

func newItems() *items {
	return &items{list: []item{{1, "anchor"}, {2, "beacon"}, {3, "compass"}}}
}

// all returns all items.
func (s *items) all() []item {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// put stores the JSON document body under the ID of the path, and returns the status to
// answer with: 200, 400 or 404.
func (s *items) put(id string, body []byte) (item, int) {
	n, ok := itemID(id)
	if !ok {
		return item{}, http.StatusNotFound
	}
	it := item{}
	if err := json.Unmarshal(body, &it); err != nil || it.Name == "" {
		return item{}, http.StatusBadRequest
	}
	it.ID = n
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, found := s.find(n); found {
		s.list[i] = it
	} else {
		s.list = slices.Insert(s.list, i, it)
	}
	return it, http.StatusOK
}

// remove deletes an item, if it is there, and returns 204 or 404.
func (s *items) remove(id string) int {
	n, ok := itemID(id)
	if !ok {
		return http.StatusNotFound
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, found := s.find(n); found {
		s.list = slices.Delete(s.list, i, i+1)
	}
	return http.StatusNoContent
}

func (s *items) find(id int) (int, bool) {
	return slices.BinarySearchFunc(s.list, id, func(it item, id int) int { return it.ID - id })
}

func itemID(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= 9
}
