"""A user's own map layers, as far as a reader may see them."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from seawarden.geography.map_layers import MapLayer
from seawarden.service.answer import JsonResponse, not_found
from seawarden.service.routes import view_of
from seawarden.service.view import View

router = APIRouter(prefix="/api/layers", default_response_class=JsonResponse)


@router.get("")
def layers(request: Request) -> Response:
    """The layers that this reader may see, without their features."""
    view = view_of(request)
    return JsonResponse(
        {
            "layers": [
                {
                    "id": layer.id,
                    "name": layer.name,
                    "file": layer.file,
                    "visibility": layer.visibility,
                    "features": len(_shown(view, layer)),
                    "problems": [
                        str(problem) for problem in layer.problems[:20] if not view.gate.tells(str(problem))
                    ],
                    "left_out": len(layer.problems),
                }
                for layer in _seen(request, view)
            ]
        }
    )


@router.get("/{layer_id}")
def one(request: Request, layer_id: str) -> Response:
    """One layer as GeoJSON."""
    view = view_of(request)
    layer = next((held for held in _seen(request, view) if held.id == layer_id), None)
    if layer is None:
        raise not_found("layer", layer_id)
    return JsonResponse({"type": "FeatureCollection", "name": layer.name, "features": _shown(view, layer)})


def _seen(request: Request, view: View) -> list[MapLayer]:
    held: tuple[MapLayer, ...] = request.app.state.layers
    return [layer for layer in held if view.gate.rights.may_see(layer.visibility)]


def _shown(view: View, layer: MapLayer) -> list[dict[str, object]]:
    """Features whose words name no asset that this reader may not see."""
    if not view.gate.hides:
        return list(layer.features)
    return [
        feature
        for feature in layer.features
        if not any(view.gate.tells(str(value)) for value in feature["properties"].values())
    ]
