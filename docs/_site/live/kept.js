// What this browser keeps of the reader's answers, each under its own key. A browser may refuse to keep anything.

export function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key))
    return typeof kept?.code === "string" ? kept : null
  } catch {
    return null // no storage, or something else's
  }
}

export function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value))
    return true
  } catch {
    return false // no storage, or a full one
  }
}

export function remove(key) {
  try {
    localStorage.removeItem(key)
    return true
  } catch {
    return false
  }
}

export function keys(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix))
  } catch {
    return []
  }
}
