"""Answers to the exercise `depth_revive`."""

from docs._site.exercises.depth_revive import STUB


def settings(activation: str = "sigmoid", gain: str = "1.0", normalization: str = "none") -> str:
    """The stub with other settings."""
    return (
        STUB.replace('"activation": "sigmoid",', f'"activation": "{activation}",')
        .replace('"gain": 1.0', f'"gain": {gain}')
        .replace('"normalization": "none",', f'"normalization": "{normalization}",')
    )


WRONG = {
    "Nothing is changed yet": settings(),
    "You changed activation and gain: one change is enough": settings("tanh", "1.2"),
    "no better than before": settings(gain="0.5"),
    "still vanishes, though less": settings("relu"),
    "it still vanishes, though less": settings(gain="4.0"),
    "now it explodes": settings(gain="40.0"),
    "With this normalization": settings(normalization="layer"),
    "The gain must be a number above 0": settings(gain="True"),
    "The activation must be one of": settings("softmax").partition("how = ")[0],
    "`settings()` must return a dict": settings() + "\ndef settings():\n    return 7\n",
}

RIGHT = [settings("tanh"), settings("selu"), settings(gain="10.0")]
