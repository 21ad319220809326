// SPDX-License-Identifier: MIT
// One core with its pump, the only place that calls JavaScript, and the functions that Embind binds. It decides
// nothing, it carries.

extern "C" {
#include "base/limits.h"
#include "base/timer.h"
#include "core/core.h"
#include "socket.h"
}

#include <cmath>
#include <cstring>
#include <emscripten/bind.h>
#include <emscripten/emscripten.h>
#include <string>

namespace {

// A drain is handed over in pieces of about this size, so that a long one does not need its size again in one
// block.
constexpr size_t batch_bytes = 1024 * 1024;
// One effect more than that may be in a batch: a plain text grows sixfold at most when written as JSON.
constexpr size_t batch_limit = batch_bytes + 6 * static_cast<size_t>(SP_MAX_EFFECT_TEXT) + 4096;

sp_str borrow(const std::string &text) {
  return { text.data(), text.size() };
}

sp_str literal(const char *text) {
  return { text, std::strlen(text) };
}

// What the linker calls the beginning and the end of the program's constants.
extern "C" char __global_base, __data_end;

sp_str constants() {
  return { &__global_base, static_cast<size_t>(&__data_end - &__global_base) };
}

std::string copy(const sp_buf &buf) {
  sp_str text = sp_buf_str(&buf);
  return text.len ? std::string(text.ptr, text.len) : std::string();
}

class Softphone {
public:
  // `seed`: SP_SEED_BYTES random bytes. `sink(batch, delay)`: `batch` is the JSON of effects or "", `delay`
  // the milliseconds to the next tick or -1 to leave the timer as it is. Call error() before anything else, then
  // tick() once.
  Softphone(const std::string &config, const std::string &seed, emscripten::val sink) : sink_(std::move(sink)) {
    sp_buf_init(&batch_, nullptr, batch_limit);
    sp_buf error;
    sp_buf_init(&error, nullptr, SP_MAX_JSON);
    uint8_t bytes[SP_SEED_BYTES] = {};
    std::memcpy(bytes, seed.data(), seed.size() < sizeof bytes ? seed.size() : sizeof bytes);
    int status = sp_core_new(nullptr, bytes, borrow(config), sp_host_time(), &error, &core_);
    if (status != SP_OK) {
      core_ = nullptr;
      error_ = copy(error);
      if (error_.empty()) error_ = R"({"type":"generic","message":"The SDK's core could not be created."})";
    } else {
      sp_sockets_init(
          &sockets_, core_, [](void *self) { static_cast<Softphone *>(self)->pump(); }, this);
    }
    sp_buf_free(&error);
  }

  Softphone(const Softphone &) = delete;
  Softphone &operator=(const Softphone &) = delete;

  // Not from inside the sink.
  ~Softphone() {
    sp_sockets_close(&sockets_);
    sp_core_free(core_);
    sp_buf_free(&batch_);
  }

  // Why there is no core, as {"type","message"}; "" when there is one.
  std::string error() const {
    return error_;
  }

  // Feeds one input; inside the sink its effects only queue, and run after the present batch. Answers the
  // core's status. The texts come as values, not as strings: Embind keeps the converted arguments of a method
  // in one place, so that a call from inside the sink would free those of the call around it.
  int input(int kind, double id, double number, emscripten::val name_value, emscripten::val text_value) {
    if (!core_) return SP_ESTATE;
    std::string name = name_value.as<std::string>(), text = text_value.as<std::string>();
    sp_input in = { static_cast<sp_input_kind>(kind), static_cast<uint32_t>(id), number, borrow(name), borrow(text) };
    int status = sp_core_input(core_, sp_host_time(), &in);
    pump();
    return status;
  }

  // The timer that the sink asked for has fired, perhaps for nothing: the sink is told the deadline that is now.
  void tick() {
    if (!core_) return;
    sp_core_tick(core_, sp_host_time());
    told_ = SP_NEVER;
    pump();
  }

  // Answers a synchronous question as JSON; "" when there is no such question.
  std::string ask(const std::string &question) const {
    if (!core_) return {};
    sp_buf answer;
    sp_buf_init(&answer, nullptr, SP_MAX_JSON);
    int status = sp_core_ask(core_, borrow(question), &answer);
    std::string text = status == SP_OK && sp_buf_status(&answer) == SP_OK ? copy(answer) : std::string();
    sp_buf_free(&answer);
    return text;
  }

  // The recording of the core as JSON; "" when there is none.
  std::string recording() const {
    if (!core_) return {};
    sp_buf answer;
    sp_buf_init(&answer, nullptr, SP_MAX_JSON);
    int status = sp_core_recording(core_, constants(), &answer);
    std::string text = status == SP_OK ? copy(answer) : std::string();
    sp_buf_free(&answer);
    return text;
  }

private:
  // Adds one effect. One that there is no memory for is replaced by a record of its loss; the batch stays
  // well-formed.
  void append(const sp_effect &effect) {
    size_t mark = batch_.len;
    sp_buf_add_char(&batch_, mark ? ',' : '[');
    sp_effect_write(&batch_, &effect);
    if (sp_buf_status(&batch_) == SP_OK) return;
    batch_.len = mark;
    batch_.status = SP_OK;
    sp_buf_add_char(&batch_, mark ? ',' : '[');
    sp_effect loss = { SP_FX_LOG, 0, literal("error"), literal(R"({"message":"out of memory: an effect was lost"})") };
    sp_effect_write(&batch_, &loss);
    if (sp_buf_status(&batch_) == SP_OK) return;
    batch_.len = mark;
    batch_.status = SP_OK;
  }

  // Effects are performed in order: what stands before a socket effect is handed over first.
  void collect() {
    sp_buf_reset(&batch_);
    sp_effect effect;
    while (batch_.len < batch_bytes && !(batch_.len && sp_sockets_own(sp_core_peek_effect(core_))) &&
           sp_core_next_effect(core_, &effect))
      if (!sp_sockets_run(&sockets_, &effect)) append(effect);
    if (!batch_.len) return;
    sp_buf_add_char(&batch_, ']');
    if (sp_buf_status(&batch_) != SP_OK) sp_buf_reset(&batch_);
  }

  double delay() const {
    return std::fmax(0, std::ceil(static_cast<double>(told_) - emscripten_get_now()));
  }

  // Drains the core with nothing of it on the stack, batch by batch. The sink must not throw: it would unwind
  // this frame. A deadline that moved away costs nothing: every frame moves one, and setting the browser's timer
  // each time would cost more than reading the frame. The timer then fires once for nothing.
  void pump() {
    if (pumping_) return; // input from inside the sink: the loop below sees its effects
    pumping_ = true;
    do {
      collect();
      uint64_t deadline = sp_core_deadline(core_);
      bool earlier = deadline < told_;
      if (earlier) told_ = deadline;
      if (batch_.len || earlier) sink_(copy(batch_), earlier ? delay() : -1.0);
    } while (sp_core_has_effects(core_) || sp_core_deadline(core_) < told_);
    pumping_ = false;
  }

  emscripten::val sink_;
  std::string error_;
  sp_core *core_ = nullptr;
  sp_sockets sockets_ = {};
  sp_buf batch_;
  uint64_t told_ = SP_NEVER; // when the timer of the sink fires
  bool pumping_ = false;
};

// The functions take the shell's address as its handle, which js/core.js keeps: bound as a class it would bring 12 KB
// of JavaScript about classes, pointers and their inheritance. 0 stands for a shell that was destroyed.
Softphone *at(int handle) {
  return reinterpret_cast<Softphone *>(handle);
}

int create(const std::string &config, const std::string &seed, emscripten::val sink) {
  return reinterpret_cast<int>(new Softphone(config, seed, std::move(sink)));
}

void destroy(int handle) {
  delete at(handle);
}

std::string error(int handle) {
  return at(handle)->error();
}

int input(int handle, int kind, double id, double number, emscripten::val name, emscripten::val text) {
  return handle ? at(handle)->input(kind, id, number, std::move(name), std::move(text)) : SP_ESTATE;
}

void tick(int handle) {
  if (handle) at(handle)->tick();
}

std::string ask(int handle, const std::string &question) {
  return handle ? at(handle)->ask(question) : std::string();
}

std::string recording(int handle) {
  return handle ? at(handle)->recording() : std::string();
}

} // namespace

EMSCRIPTEN_BINDINGS(softphone) {
  emscripten::function("create", create);
  emscripten::function("destroy", destroy);
  emscripten::function("error", error);
  emscripten::function("input", input);
  emscripten::function("tick", tick);
  emscripten::function("ask", ask);
  emscripten::function("recording", recording);
}
